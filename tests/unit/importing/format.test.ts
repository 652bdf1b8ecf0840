import { detectFormat } from '../../../src/importing/format.js';
import { anExport } from './wxr/an-export.js';

it.each([
  ['wxr', anExport()],
  ['wxr', `\n<!-- made by <rss> --><?style?>\n${anExport({ version: '1.0' }).replace(/<\?xml[^>]*>/, '')}`],
  ['wxr', '<rss version="2.0"><channel><wp:wxr_version>1.2</wp:wxr_version>'],
  ['rss', '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0"><channel>'],
  ['atom', '\uFEFF<feed xmlns="http://www.w3.org/2005/Atom">'],
  ['json-feed', '{\n  "version": "https://jsonfeed.org/version/1.1", "items": []}'],
  ['json-feed', '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1"}]}'],
  ['ndjson', '{"kind":"tag","slug":"trade","name":"Trade"}\n'],
  ['ndjson', '{"slug":"trade","name":"Trade","kind":"tag"}\n'],
  ['ndjson', '{"kind":"article","body":"cut off he'],
  ['ndjson', 'not a record\n{"kind":"tag","slug":"trade","name":"Trade"}'],
])('tells %s from its content', (format, head) => {
  expect(detectFormat(head)).toBe(format);
});

it.each([
  ['', 'The file is empty'],
  ['  \n', 'The file is empty'],
  ['Dear editor,\nhere is', 'The file begins with "Dear editor, here is"'],
  ['PK\u0003\u0004\u0014', 'The file begins with the bytes of a ZIP archive'],
  ['\u0000\u0001', 'The file begins with unreadable bytes'],
  ['{"title":"x"}', 'The file begins with "{"title":"x"}"'],
  ['<!doctype html><html><body>', 'The file is a web page, not an export'],
  ['<rdf:RDF xmlns="http://purl.org/rss/1.0/">', 'The file is an RSS 1.0 (RDF) feed'],
  ['<opml version="2.0">', 'The file is XML with the root <opml>'],
])('refuses what begins with %j, and says what it reads', (head, message) => {
  expect(() => detectFormat(head)).toThrow(message);
  expect(() => detectFormat(head)).toThrow(
    'the import reads a WordPress export (WXR 1.0 to 1.2), an RSS 2.0, Atom or JSON feed, or Dateline NDJSON.',
  );
});
