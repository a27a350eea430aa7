import { kindOfAddress } from './addressKinds.ts';
import { meansThisMachine } from './hostName.ts';

/** Whether a host, or an address, is this machine itself. */
export function isThisMachine(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return meansThisMachine(name) || kindOfAddress(name.replace(/^\[|\]$/g, '')) === 'this machine';
}
