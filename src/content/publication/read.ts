import type { Queryable } from '../../database/database.js';
import { sql } from '../../database/sql.js';

export interface Contact {
  email?: string | null;
  phone?: string | null;
  address?: string | null;
}

/** What the paper says of itself beyond its configuration. */
export interface PublicationRow {
  description: string | null;
  contact: Contact | null;
  links: string[];
}

export async function readPublication(db: Queryable): Promise<PublicationRow> {
  const [row] = await db.read<PublicationRow>(sql`select description, contact, links from publication`, () => [
    'publication',
  ]);
  return row ?? { description: null, contact: null, links: [] };
}
