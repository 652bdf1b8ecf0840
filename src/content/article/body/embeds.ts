import { resourceAddress } from './addresses.js';
import { type BodyElement, element } from './tree.js';

interface Provider {
  name: string;
  /** Whether `url` is a player, to be shown in a frame. */
  plays: (url: URL) => boolean;
  /** The player of the page at `url`, which is what people copy; nothing for any other page. */
  playerOf?: (url: URL) => string | null;
}

const at =
  (path: RegExp, ...hosts: string[]) =>
  (url: URL): boolean =>
    hosts.includes(url.hostname) && path.test(url.pathname);

const youTube = (id: string | null | undefined): string | null =>
  id && /^[\w-]{6,20}$/.test(id) ? `https://www.youtube-nocookie.com/embed/${id}` : null;

/** Everything that may be shown in a frame. Whatever is not listed becomes a link. */
const providers: readonly Provider[] = [
  {
    name: 'YouTube',
    plays: at(
      /^\/embed\/[\w-]+$/,
      'www.youtube.com',
      'youtube.com',
      'www.youtube-nocookie.com',
      'youtube-nocookie.com',
    ),
    playerOf: (url) => {
      if (url.hostname === 'youtu.be') return youTube(url.pathname.slice(1));
      if (!['www.youtube.com', 'youtube.com', 'm.youtube.com', 'www.youtube-nocookie.com'].includes(url.hostname))
        return null;
      if (url.pathname === '/watch') return youTube(url.searchParams.get('v'));
      return youTube(/^\/(?:shorts|live|embed|v)\/([^/]+)\/?$/.exec(url.pathname)?.[1]);
    },
  },
  {
    name: 'Vimeo',
    plays: at(/^\/video\/\d+/, 'player.vimeo.com'),
    playerOf: (url) => {
      const id = at(/^/, 'vimeo.com', 'www.vimeo.com')(url) && /^\/(?:.*\/)?(\d+)\/?$/.exec(url.pathname)?.[1];
      return id ? `https://player.vimeo.com/video/${id}` : null;
    },
  },
  {
    name: 'X',
    plays: at(/^\/embed\/(?:Tweet|index)\.html$/, 'platform.twitter.com', 'platform.x.com'),
    playerOf: (url) => {
      const id = at(/^/, 'twitter.com', 'www.twitter.com', 'mobile.twitter.com', 'x.com', 'www.x.com')(url)
        ? /^\/(?:\w+|i\/web)\/status(?:es)?\/(\d+)/.exec(url.pathname)?.[1]
        : null;
      return id ? `https://platform.twitter.com/embed/Tweet.html?id=${id}` : null;
    },
  },
  {
    name: 'Spotify',
    plays: at(/^\/embed(?:-podcast)?\/\w+\/\w+/, 'open.spotify.com'),
    playerOf: (url) => {
      const path = /^\/(?:intl-\w+\/)?((?:episode|show|track|album|playlist|artist)\/\w+)\/?$/.exec(url.pathname)?.[1];
      return url.hostname === 'open.spotify.com' && path ? `https://open.spotify.com/embed/${path}` : null;
    },
  },
  {
    name: 'SoundCloud',
    plays: at(/^\/player\/?$/, 'w.soundcloud.com'),
    playerOf: (url) =>
      at(/^\/[^/]+\/.+/, 'soundcloud.com', 'www.soundcloud.com')(url)
        ? `https://w.soundcloud.com/player/?url=${encodeURIComponent(`https://soundcloud.com${url.pathname}`)}`
        : null,
  },
  { name: 'Datawrapper', plays: at(/^\/\w+\//, 'datawrapper.dwcdn.net') },
  {
    name: 'Flourish',
    plays: at(/^\/(?:visualisation|story)\/\d+\/(?:embed)?/, 'flo.uri.sh'),
    playerOf: (url) => {
      const path = /^\/((?:visualisation|story)\/\d+)\/?$/.exec(url.pathname)?.[1];
      return url.hostname === 'public.flourish.studio' && path ? `https://flo.uri.sh/${path}/embed` : null;
    },
  },
];

function parsed(address: string): URL | null {
  const whole = resourceAddress(address);
  if (whole === null || !URL.canParse(whole)) return null;
  const url = new URL(whole);
  if (url.username !== '' || url.password !== '' || url.port !== '') return null;
  url.protocol = 'https:';
  return url;
}

export interface Player {
  provider: string;
  address: string;
}

/** The player that an iframe's address names, if its provider is on the list. */
export function playerAt(address: string): Player | null {
  const url = parsed(address);
  const provider = url && providers.find(({ plays }) => plays(url));
  if (!provider) return null;
  const whole = resourceAddress(address) ?? '';
  // As typed where it is https already, so that a clean body stays as it is.
  return { provider: provider.name, address: whole.startsWith('https:') ? whole : url.href };
}

/** The player for the page that people link to, such as `https://youtu.be/…`, if its provider is on the list. */
export function playerOfPage(address: string): Player | null {
  const url = parsed(address);
  if (!url) return null;
  for (const { name, plays, playerOf } of providers) {
    const player = playerOf?.(url) ?? (plays(url) ? url.href : null);
    if (player !== null) return { provider: name, address: player };
  }
  return null;
}

/** A player as it stands in a body. `extra` are its title and its size. */
export const playerFrame = (
  { address }: Player,
  { title, ...size }: { title?: string; width?: number; height?: number } = {},
): BodyElement =>
  element('iframe', {
    src: address,
    ...size,
    ...(title && { title }),
    allowFullScreen: true,
    loading: 'lazy',
    referrerPolicy: 'strict-origin-when-cross-origin',
  });
