/** Names the explorer's fields for assistive technology: graphiql-explorer draws them without labels. */
export function labelExplorerFields(within: Element): void {
  const label = () => {
    for (const field of within.querySelectorAll('.graphiql-explorer-root :is(input, select):not([aria-label])')) {
      field.setAttribute('aria-label', nameOf(field));
    }
  };
  new MutationObserver(label).observe(within, { childList: true, subtree: true });
  label();
}

function nameOf(field: Element): string {
  const argument = field.closest('[data-arg-name]')?.getAttribute('data-arg-name');
  if (argument) return argument;
  if (field.closest('.graphiql-operation-title-bar')) return 'Name of the operation';
  return field.closest('.graphiql-explorer-actions') ? 'Kind of operation to add' : 'Value';
}
