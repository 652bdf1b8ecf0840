const longest = 120;

/** Latin letters that no decomposition takes apart. */
const plainLetters: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
};

/** A slug of `text`: Latin and Greek without their accents, other scripts as they are, all else a hyphen; empty if nothing is left. */
export function slugOf(text: string): string {
  const plain = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/([\p{Script=Latin}\p{Script=Greek}])\p{M}+/gu, '$1')
    .replace(/[ßæœøđðłþı]/g, (letter) => plainLetters[letter] ?? letter)
    .replace(/['’ʼ]/g, '')
    .normalize('NFC');
  const hyphened = plain.replace(/[^\p{L}\p{N}\p{M}]+/gu, '-').replace(/^-+|-+$/g, '');
  return shortened(hyphened);
}

/** A slug as WordPress keeps it, where other scripts than Latin are percent-encoded and cut at 200 bytes. */
export function slugOfEncoded(slug: string): string {
  return slugOf(percentDecoded(slug));
}

/** `text` with its percent-encoded UTF-8 decoded; a character that was cut in half is dropped. */
export function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString().replaceAll('\uFFFD', ''),
  );
}

function shortened(slug: string): string {
  const characters = Array.from(slug);
  if (characters.length <= longest) return slug;
  const cut = characters.slice(0, longest).join('');
  const lastHyphen = cut.lastIndexOf('-');
  return lastHyphen > longest / 2 ? cut.slice(0, lastHyphen) : cut;
}
