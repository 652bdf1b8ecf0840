import { playerAt, playerOfPage } from '../../../../../src/content/article/body/embeds.js';
import { parseBody } from '../../../../../src/content/article/body/parse.js';

describe('the player of a page', () => {
  it.each([
    [
      'https://www.youtube.com/watch?v=abcdefghijk&t=3',
      'YouTube',
      'https://www.youtube-nocookie.com/embed/abcdefghijk',
    ],
    ['http://youtu.be/abcdefghijk', 'YouTube', 'https://www.youtube-nocookie.com/embed/abcdefghijk'],
    ['https://www.youtube.com/shorts/abcdefghijk', 'YouTube', 'https://www.youtube-nocookie.com/embed/abcdefghijk'],
    ['https://vimeo.com/channels/x/123', 'Vimeo', 'https://player.vimeo.com/video/123'],
    ['https://twitter.com/a/status/12?s=20', 'X', 'https://platform.twitter.com/embed/Tweet.html?id=12'],
    ['https://x.com/a/status/12', 'X', 'https://platform.twitter.com/embed/Tweet.html?id=12'],
    ['https://open.spotify.com/episode/4rOoJ6', 'Spotify', 'https://open.spotify.com/embed/episode/4rOoJ6'],
    [
      'https://soundcloud.com/a/b',
      'SoundCloud',
      'https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Fa%2Fb',
    ],
    ['https://public.flourish.studio/visualisation/12/', 'Flourish', 'https://flo.uri.sh/visualisation/12/embed'],
  ])('at %s is one of %s', (page, provider, address) => expect(playerOfPage(page)).toEqual({ provider, address }));

  it.each([
    'https://e.example/watch?v=abcdefghijk',
    'https://www.youtube.com/',
    'https://x.com/a',
    'javascript:alert(1)',
    'https://youtu.be:8080/abcdefghijk',
    'not an address',
  ])('at %s is none', (page) => expect(playerOfPage(page)).toBeNull());
});

describe('the address of a frame', () => {
  it.each([
    ['https://www.youtube.com/embed/abcdefghijk?start=3', 'YouTube'],
    ['//www.youtube-nocookie.com/embed/abcdefghijk', 'YouTube'],
    ['https://player.vimeo.com/video/1?h=a', 'Vimeo'],
    ['https://platform.twitter.com/embed/Tweet.html?id=1', 'X'],
    ['https://open.spotify.com/embed/track/a', 'Spotify'],
    ['https://w.soundcloud.com/player/?url=x', 'SoundCloud'],
    ['https://datawrapper.dwcdn.net/aBcDe/3/', 'Datawrapper'],
    ['https://flo.uri.sh/visualisation/1/embed', 'Flourish'],
  ])('%s is a player of %s', (address, provider) => expect(playerAt(address)?.provider).toBe(provider));

  it('is https even where it was typed without', () => {
    expect(playerAt('http://www.youtube.com/embed/abcdefghijk')?.address).toBe(
      'https://www.youtube.com/embed/abcdefghijk',
    );
  });
});

describe('frames and recordings in a body', () => {
  it.each([
    [
      '<p>a <iframe src="https://www.youtube.com/embed/abcdefghijk" width="560" height="315" title="T"></iframe> b</p>',
      '<p>a  b</p><figure><iframe src="https://www.youtube.com/embed/abcdefghijk" width="560" height="315" title="T" allowfullscreen="" loading="lazy" referrerpolicy="strict-origin-when-cross-origin"></iframe></figure>',
    ],
    ['<iframe src="//e.example/x" title="A map"></iframe>', '<p><a href="https://e.example/x">A map</a></p>'],
    ['<p><iframe src="/x"></iframe></p>', '<p></p>'],
    [
      '<video width="10"><source src="https://e.example/v.mp4">none</video>',
      '<figure><video src="https://e.example/v.mp4" width="10" controls="" preload="none"></video></figure>',
    ],
    [
      '<blockquote class="twitter-tweet"><p lang="en">a</p>&mdash; B <a href="https://twitter.com/b/status/12?x=y">May</a></blockquote><script src="//platform.twitter.com/widgets.js"></script>',
      '<blockquote cite="https://twitter.com/b/status/12"><p lang="en">a</p>— B <a href="https://twitter.com/b/status/12?x=y">May</a></blockquote>',
    ],
  ])('%j become %j', (source, html) => expect(parseBody(source).html).toBe(html));
});
