import type { PageKind } from '../page.js';
import { addresses } from '../parts/addresses.js';
import { Teaser, Figure } from '../parts/teaser.js';

export const homePage: PageKind = {
  path: '/',
  options: [],
  async make({ ask, documents }) {
    const { latestFeed, sections } = await ask(documents.home, {});
    const [lead, ...others] = latestFeed.entries.nodes;
    return {
      status: 200,
      isHome: true,
      about: {
        title: '',
        path: '/',
        data: ({ name, url, description, links }) => ({
          '@context': 'https://schema.org',
          '@type': 'NewsMediaOrganization',
          name,
          url,
          ...(description ? { description } : {}),
          ...(links.length > 0 ? { sameAs: links } : {}),
        }),
      },
      content: ({ publication: paper }) => (
        <>
          {lead ? (
            <div class="lead">
              <Teaser card={lead.article} text={lead.teaser} paper={paper} level={2}>
                {lead.article.leadImage ? <Figure image={lead.article.leadImage} isFirst /> : null}
              </Teaser>
              <div class="beside-lead">
                {others.map(({ article, teaser }) => (
                  <Teaser card={article} text={teaser} paper={paper} />
                ))}
              </div>
            </div>
          ) : null}
          <div class="fronts">
            {sections
              .filter(({ articles }) => articles.nodes.length > 0)
              .map(({ slug, name, articles }) => (
                <section class="front">
                  <h2>
                    <a href={addresses.section(slug)}>{name}</a>
                  </h2>
                  {articles.nodes.map((card, index) => (
                    <Teaser
                      card={card}
                      text={index === 0 ? card.excerpt : ''}
                      paper={paper}
                      showsSection={card.section.slug !== slug}
                    />
                  ))}
                </section>
              ))}
          </div>
        </>
      ),
    };
  },
};
