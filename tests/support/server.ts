/** The PostgreSQL server that tests make databases of their own on: the one named, otherwise one that runs here as Debian sets it up. */
export const testServer = process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1/postgres';
