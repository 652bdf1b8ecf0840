// What pages do besides being read. They are whole without it.

/** Documents are asked for by the hashes that the page was made with. */
const { view: viewDocument, live: liveDocument, suggest: suggestDocument } = document.body.dataset;

const persisted = (documentId, variables) =>
  `/graphql?${new URLSearchParams({ documentId, variables: JSON.stringify(variables) })}`;

const send = (documentId, variables) =>
  fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ documentId, variables }),
    keepalive: true,
  });

// Somebody reads this piece.
const piece = document.querySelector('main > .piece[data-id]');
if (piece && viewDocument) send(viewDocument, { article: piece.dataset.id }).catch(() => undefined);

// “Latest” as it changes, from where the page was made. A browser that loses the connection says where it was by itself.
const latest = document.querySelector('#latest ol');
const cursor = document.querySelector('#latest')?.dataset.cursor;
if (latest && cursor && liveDocument) follow(latest, cursor);

function follow(list, from) {
  const room = Math.max(list.children.length, 8);
  let after = from;
  let stream;
  const open = () => {
    stream = new EventSource(persisted(liveDocument, { after }));
    stream.addEventListener('next', ({ data, lastEventId }) => {
      if (lastEventId) after = lastEventId;
      const event = JSON.parse(data).data?.latestFeed;
      if (event) show(list, event, room);
    });
    stream.addEventListener('complete', () => stream.close());
  };
  // Browsers open few connections to one host: a page that nobody looks at holds none, and catches up when it is seen.
  const look = () => {
    if (document.visibilityState === 'hidden') stream?.close();
    else if (stream === undefined || stream.readyState === EventSource.CLOSED) open();
  };
  document.addEventListener('visibilitychange', look);
  addEventListener('pagehide', () => stream?.close());
  addEventListener('pageshow', look);
  look();
}

function show(list, { articleId, kind, entry }, room) {
  const before = list.querySelector(`[data-id="${CSS.escape(articleId)}"]`);
  before?.remove();
  if (!entry) return;
  const line = lineOf(articleId, entry);
  if (!before && kind === 'PUBLISHED') line.classList.add('is-new');
  const older = [...list.children].find((other) => other.querySelector('time').dateTime < entry.publishedAt);
  if (older) older.before(line);
  else if (list.children.length < room) list.append(line);
  while (list.children.length > room) list.lastElementChild.remove();
}

function lineOf(id, { headline, teaser, publishedAt, age, section, article }) {
  const line = element('li', { 'data-id': id }, [
    element('p', { class: 'kicker' }, [
      element('a', { href: `/section/${encodeURIComponent(section.slug)}/` }, [section.name]),
      ' ',
      element('time', { datetime: publishedAt }, [age]),
    ]),
    element('h3', { lang: article.language }, [element('a', { href: article.path }, [headline])]),
    element('p', { class: 'excerpt', lang: article.language }, [teaser]),
  ]);
  return line;
}

// What may be meant, while somebody types (ARIA Authoring Practices, “Editable Combobox With List Autocomplete”).
for (const form of document.querySelectorAll('form.search')) if (suggestDocument) suggestIn(form);

function suggestIn(form) {
  const input = form.querySelector('input[name=q]');
  const list = element('ul', { class: 'suggestions', role: 'listbox', id: 'suggestions', hidden: '' }, []);
  list.setAttribute('aria-label', input.getAttribute('aria-label'));
  input.after(list);
  for (const [name, value] of Object.entries({
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-controls': list.id,
    'aria-expanded': 'false',
  }))
    input.setAttribute(name, value);
  let asked = 0;
  let timer;

  const options = () => [...list.children];
  const chosen = () => list.querySelector('[aria-selected=true]');
  const close = () => {
    asked += 1;
    clearTimeout(timer);
    list.hidden = true;
    choose(undefined);
    input.setAttribute('aria-expanded', 'false');
  };
  const choose = (option) => {
    chosen()?.setAttribute('aria-selected', 'false');
    option?.setAttribute('aria-selected', 'true');
    option?.scrollIntoView({ block: 'nearest' });
    if (option) input.setAttribute('aria-activedescendant', option.id);
    else input.removeAttribute('aria-activedescendant');
  };
  const ask = async () => {
    const mine = (asked += 1);
    const answer = await fetch(persisted(suggestDocument, { prefix: input.value }), {
      headers: { accept: 'application/graphql-response+json' },
    });
    const { data } = await answer.json();
    if (mine !== asked) return;
    const found = (data?.suggest ?? []).filter(({ node }) => node);
    list.replaceChildren(...found.map(optionOf));
    list.hidden = found.length === 0;
    input.setAttribute('aria-expanded', String(found.length > 0));
    choose(undefined);
  };

  input.addEventListener('input', () => {
    clearTimeout(timer);
    if (input.value.trim().length < 2) close();
    else timer = setTimeout(() => ask().catch(close), 120);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      close();
    }
    if (list.hidden) return;
    const all = options();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      // One place more than there are options: the words themselves.
      const at = (all.indexOf(chosen()) + 1 + step + all.length + 1) % (all.length + 1);
      choose(all[at - 1]);
    } else if (event.key === 'Enter' && chosen()) {
      event.preventDefault();
      location.assign(chosen().dataset.to);
    }
  });
  input.addEventListener('blur', close);
  // The pointer must not take the focus away before the click is one.
  list.addEventListener('pointerdown', (event) => event.preventDefault());
  list.addEventListener('click', ({ target }) => location.assign(target.closest('li').dataset.to));
}

const kindsOfSuggestions = { Section: 'Section', Author: 'Author', Tag: 'Topic' };

function optionOf({ text, node: { __typename: kind, path, slug } }, index) {
  const to = path ?? `/${kind.toLowerCase()}/${encodeURIComponent(slug)}/`;
  const attributes = { role: 'option', id: `suggestion-${index}`, 'aria-selected': 'false', 'data-to': to };
  const label = kindsOfSuggestions[kind];
  return element('li', attributes, label ? [text, ' ', element('small', {}, [label])] : [text]);
}

function element(name, attributes, content) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...content);
  return made;
}
