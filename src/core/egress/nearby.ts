/**
 * Whether a policy names this host as one nearby. `origin`: an address, up to its port. An entry without a port is good
 * for every port; names are compared as they are, and what they lead to is looked at where it is known (connection.ts).
 */
export function isNearby(origin: string, hosts: readonly string[]): boolean {
  const [, host = '', port = ''] = /^https?:\/\/(\[[^\]]*\]|[^:/]+)(?::(\d+))?/i.exec(origin) ?? [];
  if (host === '') return false;
  const usual = /^https:/i.test(origin) ? '443' : '80';
  const full = `${plain(host)}:${port === '' ? usual : port}`;
  return hosts.some((entry) => plain(entry) === plain(host) || withPort(entry) === full);
}

function withPort(entry: string): string | undefined {
  const [, host, port] = /^(\[[^\]]*\]|[^:]+):(\d+)$/.exec(entry) ?? [];
  return host === undefined || port === undefined ? undefined : `${plain(host)}:${Number(port)}`;
}

function plain(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}
