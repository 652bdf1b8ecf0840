import { createHash } from 'node:crypto';
import type { AuthorRecord, BylineRecord, ImageRecord, ReadItem } from '../records.js';
import { detached } from './detached.js';
import type { WxrDeclaration, WxrItem } from './parts.js';
import { plainLine, plainText } from '../plain-text.js';
import { Shelf } from './shelf.js';
import { urlOf } from './site.js';
import { percentDecoded, slugOf, slugOfEncoded } from './slug.js';

interface Person {
  slug: string;
  name: string;
  /** The id of its origin. */
  id: string;
  line: number;
  /** Place of the guest profile on the shelf; null for someone who has none. */
  profile: number | null;
}

interface Profile {
  bio: string | null;
  website: string | null;
  /** The post id of the portrait. */
  thumbnail: string | null;
}

/** Knows who wrote what in one file: users, guest authors of Co-Authors Plus, and names met only on pieces. */
export class People {
  private readonly all = new Set<Person>();
  private readonly byLogin = new Map<string, Person>();
  private readonly byNicename = new Map<string, Person>();
  private readonly unknown = new Map<string, { kind: 'login' | 'coauthor'; key: string; name: string; line: number }>();
  private readonly slugs = new Set<string>();

  private constructor(
    private readonly profiles: Shelf<Profile>,
    private readonly system: () => string,
  ) {}

  static async open(system: () => string): Promise<People> {
    return new People(await Shelf.open<Profile>(), system);
  }

  close(): Promise<void> {
    return this.profiles.close();
  }

  /** A `wp:author`. Its e-mail address is not looked at. */
  addUser({ fields, line }: WxrDeclaration): ReadItem[] {
    const login = fields.get('wp:author_login') ?? '';
    const fullName = [fields.get('wp:author_first_name'), fields.get('wp:author_last_name')].filter(Boolean).join(' ');
    const name = nameFrom(fields.get('wp:author_display_name'), fullName, login);
    if (login === '') return [this.skipped(name, line, 'has no login, by which pieces would name this author')];
    const known = this.byLogin.get(login.toLowerCase());
    if (known?.profile === null)
      return [this.skipped(name, line, `the login is declared already, for "${known.name}"`)];
    if (!known) this.addPerson(login, name, line);
    return [];
  }

  /** An item of the type `guest-author`. */
  addGuest(item: WxrItem): ReadItem[] {
    const meta = (key: string) => item.meta.get(`cap-${key}`)?.[0]?.trim() ?? '';
    const nicename = slugOfEncoded((item.fields.get('wp:post_name') ?? '').replace(/^cap-/, ''));
    const login = meta('user_login') || nicename;
    const fullName = `${meta('first_name')} ${meta('last_name')}`.trim();
    const name = nameFrom(meta('display_name'), fullName, item.fields.get('title') ?? '', login);
    if (login === '')
      return [this.skipped(name, item.line, 'has neither a login nor a slug, by which pieces would name this author')];
    const linked = meta('linked_account');
    const known = linked === '' ? undefined : this.byLogin.get(linked.toLowerCase());
    if (known && known.profile !== null) {
      return [this.skipped(name, item.line, `is linked to "${linked}", whom another guest author describes already`)];
    }
    const person =
      known ??
      (linked === ''
        ? this.newPerson(login, `guest:${idOf(login)}`, name, item.line)
        : this.addPerson(linked, name, item.line));
    person.name = detached(name);
    person.line = item.line;
    person.profile = this.profiles.size;
    this.profiles.put(this.profiles.size, {
      bio: plainText(meta('description')) || null,
      website: urlOf(meta('website'))?.href ?? null,
      thumbnail: item.meta.get('_thumbnail_id')?.[0] ?? null,
    });
    for (const key of [nicename, slugOf(login), slugOf(linked)])
      if (key !== '') this.byNicename.set(detached(key), person);
    return [];
  }

  /** Remembers whom a piece names, so that nobody is missing when it is stored. */
  meet(item: WxrItem): void {
    const coauthors = coauthorsOf(item);
    for (const { nicename, name } of coauthors) this.miss('coauthor', nicename, name, item.line);
    const login = item.fields.get('dc:creator') ?? '';
    if (coauthors.length === 0 && login !== '') this.miss('login', login.toLowerCase(), login, item.line);
  }

  /** Everybody, once all of the file is known. */
  *records(portraitOf: (attachment: string) => ImageRecord | null): Generator<ReadItem> {
    for (const { kind, key, name, line } of this.unknown.values()) {
      if (this.find(kind, key, name)) continue;
      if (kind === 'login') this.addPerson(name, nameFrom(name), line);
      else this.byNicename.set(key, this.newPerson(key, `author-term:${key}`, nameFrom(name, key), line));
    }
    this.unknown.clear();
    for (const person of this.all) yield this.recordOf(person, portraitOf);
  }

  /** Who stands on a piece, in the order of its co-author terms, else whoever created it. */
  bylineOf(item: WxrItem): (string | BylineRecord)[] {
    const login = item.fields.get('dc:creator') ?? '';
    const coauthors = coauthorsOf(item);
    const people = coauthors.map(
      ({ nicename, name }) => this.find('coauthor', nicename, name)?.slug ?? { name: nameFrom(name, nicename) },
    );
    if (coauthors.length === 0 && login !== '')
      people.push(this.find('login', login.toLowerCase(), login)?.slug ?? { name: nameFrom(login) });
    return people.filter((one, place) => typeof one !== 'string' || people.indexOf(one) === place);
  }

  private find(kind: 'login' | 'coauthor', key: string, name: string): Person | undefined {
    if (kind === 'login') return this.byLogin.get(key) ?? this.byNicename.get(slugOf(name));
    // The name of an author's term is a login.
    return this.byNicename.get(key) ?? this.byLogin.get(name.toLowerCase()) ?? this.byNicename.get(slugOf(name));
  }

  private miss(kind: 'login' | 'coauthor', key: string, name: string, line: number): void {
    const id = `${kind}:${key}`;
    if (this.unknown.has(id) || this.find(kind, key, name)) return;
    this.unknown.set(detached(id), { kind, key: detached(key), name: detached(name), line });
  }

  private addPerson(login: string, name: string, line: number): Person {
    const person = this.newPerson(isEmail(login) ? name : login, `author:${idOf(login)}`, name, line);
    this.byLogin.set(detached(login.toLowerCase()), person);
    const nicename = slugOf(login);
    if (!this.byNicename.has(nicename)) this.byNicename.set(detached(nicename), person);
    return person;
  }

  private newPerson(slugSource: string, id: string, name: string, line: number): Person {
    const wanted = slugOfEncoded(isEmail(slugSource) ? name : slugSource) || slugOf(name) || 'author';
    let slug = wanted;
    for (let next = 2; this.slugs.has(slug); next += 1) slug = `${wanted}-${next}`;
    this.slugs.add(detached(slug));
    const person = { slug: detached(slug), name: detached(name), id: detached(id), line, profile: null };
    this.all.add(person);
    return person;
  }

  private recordOf(
    { slug, name, id, line, profile }: Person,
    portraitOf: (attachment: string) => ImageRecord | null,
  ): ReadItem {
    const record: AuthorRecord = { kind: 'author', slug, name };
    const notes: string[] = [];
    if (profile !== null) {
      const { bio, website, thumbnail } = this.profiles.at(profile);
      record.bio = bio;
      record.links = website === null ? [] : [website];
      record.image = thumbnail === null ? null : portraitOf(thumbnail);
      if (thumbnail !== null && !record.image) notes.push(`the portrait (attachment ${thumbnail}) is not in the file`);
    }
    return {
      outcome: 'record',
      record,
      origin: { system: this.system(), id },
      at: { line },
      ...(notes.length > 0 && { notes }),
    };
  }

  private skipped(title: string, line: number, reason: string): ReadItem {
    return { outcome: 'skipped', kind: 'author', title, at: { line }, reason };
  }
}

function coauthorsOf({ terms }: WxrItem): { nicename: string; name: string }[] {
  return terms
    .filter(({ domain, nicename, name }) => domain === 'author' && (nicename || name) !== '')
    .map(({ nicename, name }) => ({
      nicename: slugOfEncoded(nicename.replace(/^cap-/, '') || name),
      name: plainLine(name),
    }));
}

/** The first of `candidates` that is a name. An e-mail address is personal and gives only what stands before its @. */
function nameFrom(...candidates: (string | undefined)[]): string {
  const names = candidates.map((candidate) => plainLine(percentDecoded(candidate ?? ''))).filter((name) => name !== '');
  return names.find((name) => !isEmail(name)) ?? names[0]?.replace(/@.*$/, '') ?? 'Unknown author';
}

export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
}

/** A login as part of an origin: where it is an e-mail address, only its fingerprint. */
function idOf(login: string): string {
  return isEmail(login)
    ? `sha256-${createHash('sha256').update(login.toLowerCase()).digest('hex').slice(0, 24)}`
    : login;
}
