import { named } from '../../../shared/named.ts';
import type { CommandConnections } from '../../egress/connecting.ts';
import { hostOf } from '../../egress/hostName.ts';
import { allows, hostPattern } from '../../egress/hostPattern.ts';

/** The connections of a plugin: to the hosts of its profile alone, and there as a command's would be decided. */
export function toOwnHosts(connections: CommandConnections, hosts: readonly string[]): CommandConnections {
  const patterns = hosts.flatMap((entry) => hostPattern(entry) ?? []);
  const isOwn = (written: string, port: number): boolean => {
    const host = hostOf(written)?.name;
    return host !== undefined && patterns.some((pattern) => allows(pattern, { host, port }));
  };
  return {
    connects: async (wanted) =>
      isOwn(wanted.host, wanted.port)
        ? connections.connects(wanted)
        : { refused: `${named(wanted.host.slice(0, 200))} is none of the hosts that the policy gives this plugin` },
    ways: async () => (await connections.ways()).filter(({ host, port }) => isOwn(host, port)),
    looked: (name) => {
      connections.looked(name);
    },
    onAsking: (tell) => {
      connections.onAsking(tell);
    },
    get words() {
      return connections.words;
    },
    over: () => connections.over(),
  };
}
