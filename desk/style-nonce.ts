// The page's policy refuses style elements that do not carry its nonce, so that text which slips through as markup
// cannot restyle the desk. Monaco, Radix and Motion write style elements and know no nonce: they are given it here.
// Imported first, because Monaco writes one as soon as it loads.
const nonce = document.querySelector<HTMLLinkElement>('link[rel="stylesheet"][nonce]')?.nonce;

if (nonce) {
  Document.prototype.createElement = new Proxy(Document.prototype.createElement, {
    apply(createElement, page, args) {
      const element: unknown = Reflect.apply(createElement, page, args);
      if (element instanceof HTMLStyleElement) element.nonce = nonce;
      return element;
    },
  });
}
