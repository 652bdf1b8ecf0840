import type { About, Frame, ShownPage } from '../page.js';
import { language, words } from '../words.js';
import { addresses } from './addresses.js';
import { Boxes } from './boxes.js';
import { SearchForm } from './search-form.js';

/** Names of the files that pages load. */
export interface Files {
  readonly style: string;
  readonly script: string;
}

/** Ids of the persisted documents that the script asks by. */
export interface ScriptDocuments {
  readonly view: string;
  readonly live: string;
  readonly suggest: string;
}

/** JSON that may stand in a script element: nothing in it ends one, or begins a comment. */
const jsonLd = (data: object): string => JSON.stringify(data).replace(/</g, '\\u003c');

function Head({ about, frame: { publication }, files }: { about: About; frame: Frame; files: Files }) {
  const { title, description, path, canonical, image, type = 'website', feed, data, meta = {}, isPrivate } = about;
  const address = path === undefined ? undefined : `${publication.url.replace(/\/$/, '')}${path}`;
  const properties: Record<string, string | null | undefined> = {
    'og:site_name': publication.name,
    'og:title': title,
    'og:description': description,
    'og:type': type,
    'og:url': address,
    'og:image': image?.url,
    'og:image:alt': image?.alt,
    ...meta,
  };
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{title === publication.name ? title : `${title} – ${publication.name}`}</title>
      {description ? <meta name="description" content={description} /> : null}
      {isPrivate ? <meta name="robots" content="noindex" /> : null}
      {address && !isPrivate ? <link rel="canonical" href={canonical ?? address} /> : null}
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href={`/site/${files.style}`} />
      <script type="module" src={`/site/${files.script}`} />
      {publication.feeds.map(({ title: format, url, mediaType }) => (
        <link rel="alternate" type={mediaType} href={url} title={`${publication.name} (${format})`} />
      ))}
      {feed
        ? publication.feeds.map(({ title: format, url, mediaType }) => (
            <link
              rel="alternate"
              type={mediaType}
              href={`${feed.path}${url.slice(url.lastIndexOf('.'))}`}
              title={`${feed.title} (${format})`}
            />
          ))
        : null}
      {Object.entries(properties).map(([property, content]) =>
        content ? <meta property={property} content={content} /> : null,
      )}
      <meta name="twitter:card" content={image ? 'summary_large_image' : 'summary'} />
      {data && !isPrivate ? (
        <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: jsonLd(data(publication)) }} />
      ) : null}
    </head>
  );
}

function Masthead({ frame, isHome, isSearch }: { frame: Frame; isHome: boolean; isSearch: boolean }) {
  const { publication, sections } = frame;
  const Name = isHome ? 'h1' : 'p';
  return (
    <header class="masthead">
      <div class="top">
        <Name class="name">
          <a href="/" rel="home">
            {publication.name}
          </a>
        </Name>
        {isSearch ? null : <SearchForm />}
      </div>
      <nav class="sections" aria-label={words.sections}>
        <ul>
          {sections.map(({ slug, name }) => (
            <li>
              <a href={addresses.section(slug)}>{name}</a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
  );
}

const hostOf = (url: string): string => new URL(url).host.replace(/^www\./, '');

function Foot({ frame: { publication } }: { frame: Frame }) {
  const { contact, links, feeds, description } = publication;
  return (
    <footer class="foot">
      {description ? <p>{description}</p> : null}
      <div>
        <h2>{words.connect}</h2>
        <ul>
          {contact?.email ? (
            <li>
              <a href={`mailto:${contact.email}`}>{contact.email}</a>
            </li>
          ) : null}
          {contact?.phone ? <li>{contact.phone}</li> : null}
          {contact?.address ? <li>{contact.address}</li> : null}
          {links.map((link) => (
            <li>
              <a rel="me" href={link}>
                {hostOf(link)}
              </a>
            </li>
          ))}
        </ul>
      </div>
      <div>
        <h2>{words.feeds}</h2>
        <ul>
          {feeds.map(({ title, url }) => (
            <li>
              <a href={url}>{title}</a>
            </li>
          ))}
        </ul>
      </div>
    </footer>
  );
}

interface DocumentProps {
  page: ShownPage;
  frame: Frame;
  files: Files;
  documents: ScriptDocuments;
}

/** A page as a whole. */
export function Document({ page, frame, files, documents }: DocumentProps) {
  return (
    <html lang={language}>
      <Head about={page.about} frame={frame} files={files} />
      <body data-view={documents.view} data-live={documents.live} data-suggest={documents.suggest}>
        <a class="skip" href="#text">
          {words.skip}
        </a>
        <Masthead frame={frame} isHome={page.isHome ?? false} isSearch={page.isSearch ?? false} />
        <div class="sheet">
          <main id="text">{page.content(frame)}</main>
          <Boxes frame={frame} />
        </div>
        <Foot frame={frame} />
      </body>
    </html>
  );
}
