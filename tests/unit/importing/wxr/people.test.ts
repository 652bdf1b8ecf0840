import { articleOf, readingOf, recordsOf } from '../reading.js';
import { aGuest, anAttachment, anExport, anItem, aUser } from './an-export.js';

const readingWith = (item: Parameters<typeof anItem>[0], declarations = '', others: string[] = []) =>
  readingOf(anExport({ declarations, items: [anItem(item), ...others] }));

describe('the byline of a post', () => {
  const coauthors: [string, string, string][] = [
    ['author', 'cap-zhao-wenbin', 'zhao-wenbin'],
    ['author', 'cap-anna', 'anna'],
  ];

  it('has the co-authors in the order of the file, guests and users alike', async () => {
    const reading = await readingWith(
      { terms: coauthors, fields: { 'dc:creator': 'desk' } },
      aUser('anna', 'Anna Kolotova'),
      [
        aGuest(
          'zhao-wenbin',
          { display_name: 'Zhao Wenbin', description: 'Teaches <b>law</b>.', website: 'https://zhao.example.org' },
          '7',
        ),
        anAttachment(),
      ],
    );
    expect(articleOf(reading).authors).toEqual(['zhao-wenbin', 'anna']);
    expect(reading.articles.map(({ outcome }) => outcome)).toEqual(['record', 'skipped']);
    expect(recordsOf(reading.references).filter(({ kind }) => kind === 'author')).toEqual([
      { kind: 'author', slug: 'anna', name: 'Anna Kolotova' },
      {
        kind: 'author',
        slug: 'zhao-wenbin',
        name: 'Zhao Wenbin',
        bio: 'Teaches law.',
        links: ['https://zhao.example.org/'],
        image: { url: 'https://paper.example.org/uploads/harbour.jpg', alt: 'A crane', caption: null, credit: null },
      },
    ]);
    expect(JSON.stringify(reading.references)).not.toContain('private@');
  });

  it('joins a guest profile with the account it is linked to', async () => {
    const guest = aGuest('anna-k', { display_name: 'Anna K. Kolotova', linked_account: 'anna' });
    const terms: [string, string, string][] = [
      ['author', 'cap-anna-k', 'anna-k'],
      ['author', 'cap-anna', 'anna'],
    ];
    const reading = await readingWith({ terms }, aUser('anna', 'anna'), [guest]);
    expect(articleOf(reading).authors).toEqual(['anna']);
    const [author, ...others] = reading.references.filter(
      (item) => item.outcome === 'record' && item.record.kind === 'author',
    );
    expect(others).toEqual([]);
    expect(author).toMatchObject({ record: { slug: 'anna', name: 'Anna K. Kolotova' }, origin: { id: 'author:anna' } });
  });

  it('names those whom the file does not declare', async () => {
    const reading = await readingWith({ terms: [['author', 'cap-li-na', 'Li Na']] });
    expect(articleOf(reading).authors).toEqual(['li-na']);
    expect(recordsOf(reading.references)).toContainEqual({ kind: 'author', slug: 'li-na', name: 'Li Na' });
    const byLogin = await readingWith({ fields: { 'dc:creator': 'J. Doe' } });
    expect(articleOf(byLogin).authors).toEqual(['j-doe']);
    expect(recordsOf(byLogin.references)).toContainEqual({ kind: 'author', slug: 'j-doe', name: 'J. Doe' });
  });

  it('never gives away the e-mail address that is a login', async () => {
    const login = 'anna.k@paper.example.org';
    const reading = await readingWith({ fields: { 'dc:creator': login } }, aUser(login, login));
    expect(articleOf(reading).authors).toEqual(['anna-k']);
    expect(JSON.stringify(reading)).not.toContain('@paper');
  });

  it.each([
    ['Anna K.', 'Anna', 'Kolotova', 'Anna K.'],
    ['', 'Anna', 'Kolotova', 'Anna Kolotova'],
    ['', '', '', 'anna'],
  ])('takes a name from "%s", "%s" and "%s"', async (display, first, last, name) => {
    const user = aUser('anna', display, { 'wp:author_first_name': first, 'wp:author_last_name': last });
    expect(recordsOf((await readingOf(anExport({ declarations: user }))).references)).toEqual([
      { kind: 'author', slug: 'anna', name },
    ]);
  });

  it('tells two logins apart that make the same slug', async () => {
    const reading = await readingWith(
      { fields: { 'dc:creator': 'anna k' } },
      aUser('anna-k', 'One') + aUser('anna k', 'Other'),
    );
    expect(articleOf(reading).authors).toEqual(['anna-k-2']);
  });
});
