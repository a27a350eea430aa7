/** A codicon. It says nothing to a screen reader: the words next to it do. */
export function Icon({ name, spin = false }: { readonly name: string; readonly spin?: boolean }) {
  return <span className={`codicon codicon-${name}${spin ? ' codicon-modifier-spin' : ''}`} aria-hidden="true" />;
}
