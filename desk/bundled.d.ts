/** What the build puts in place of these names; see `scripts/build/desk.mjs` and `desk-plugins.mjs`. */
declare module 'desk:ready-tabs' {
  const tabs: readonly {
    readonly title: string;
    /** The first paragraph of comments under the title. */
    readonly teaches: string;
    readonly query: string;
    readonly variables: string;
  }[];
  export default tabs;
}

/** File names beside the script. */
declare const DESK_WORKERS: { readonly editor: string; readonly json: string; readonly graphql: string };
