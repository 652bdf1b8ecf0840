const hour = 3600;
const day = 24 * hour;

/** How long a subscription lasts, in seconds: ten days unless a subscriber asks, never for ever (WebSub section 5.1). */
const lease = { usual: 10 * day, least: hour, most: 30 * day } as const;

/** A secret must be less than 200 bytes (WebSub section 5.1). */
const mostSecretBytes = 199;

export interface HubAsked {
  readonly mode: 'subscribe' | 'unsubscribe';
  readonly topic: string;
  readonly callback: string;
  readonly leaseSeconds: number;
  readonly secret: string | null;
}

/** What a form asks of the hub (WebSub section 5.1); or what is wrong with it, in words for its sender. */
export function askedIn(form: URLSearchParams): HubAsked | string {
  const [mode, topic, callback] = ['hub.mode', 'hub.topic', 'hub.callback'].map((name) => form.get(name) ?? '');
  if (mode !== 'subscribe' && mode !== 'unsubscribe') {
    return `\`hub.mode\` is “${mode ?? ''}”; it must be subscribe or unsubscribe.`;
  }
  if (!topic) return '`hub.topic` must be the address of a feed, as its `self` link has it.';
  if (!callback) return '`hub.callback` must be the address that the feed is to be sent to.';
  const seconds = form.get('hub.lease_seconds') ?? '';
  if (!/^\d{0,9}$/.test(seconds)) return `\`hub.lease_seconds\` is “${seconds}”; it must be a number of seconds.`;
  const secret = form.get('hub.secret') || null;
  if (secret !== null && new TextEncoder().encode(secret).length > mostSecretBytes) {
    return '`hub.secret` must be shorter than 200 bytes.';
  }
  return { mode, topic, callback, leaseSeconds: leaseGranted(seconds === '' ? null : Number(seconds)), secret };
}

/** How long a lease is for whoever asks for `seconds`. */
export const leaseGranted = (seconds: number | null): number =>
  seconds ? Math.min(lease.most, Math.max(lease.least, seconds)) : lease.usual;

/** The callback with what the hub asks it; what it had in its query stays as it was (WebSub section 5.3). */
export function askingOf(callback: string, parameters: Readonly<Record<string, string>>): string {
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${callback}${callback.includes('?') ? '&' : '?'}${query.join('&')}`;
}

/** How often a callback that does not answer is asked whether it wants what was asked for it. */
const waitsForAnswer = [5000, 30_000];

/** How long after attempt number `tries` a callback is asked again, in ms; null where it was the last. */
export const waitForAnswer = (tries: number): number | null => waitsForAnswer[tries - 1] ?? null;
