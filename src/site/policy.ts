/** Whose players may be shown in frames: those that bodies keep when they are sanitised. */
const players = [
  'www.youtube.com',
  'youtube.com',
  'www.youtube-nocookie.com',
  'youtube-nocookie.com',
  'player.vimeo.com',
  'platform.twitter.com',
  'platform.x.com',
  'open.spotify.com',
  'w.soundcloud.com',
  'datawrapper.dwcdn.net',
  'flo.uri.sh',
];

/** What pages may do: load their own files, pictures and recordings from anywhere, and ask this service. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    'img-src https: http: data:',
    'media-src https: http:',
    `frame-src ${players.map((host) => `https://${host}`).join(' ')}`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'strict-origin-when-cross-origin',
};
