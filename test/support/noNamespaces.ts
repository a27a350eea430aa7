/** Before a command: it and what it starts can make no user namespaces, as in a container of Docker. */
export const NO_NAMESPACES: readonly string[] = ['python3', new URL('noNamespaces.py', import.meta.url).pathname];
