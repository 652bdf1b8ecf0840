/** What the tests of the desk's ready documents use of the build. */
export function readyTab(path: string): Promise<{ title: string; teaches: string; query: string; variables: string }>;
