import { lineFor } from '../../src/shared/packageManagers.ts';
import { programsFor } from '../../src/shared/systemPackages.ts';

/**
 * A container to work on the project in: its system packages are those of the one list. Commands are confined by user
 * namespaces, which a container's usual filter of system calls refuses.
 */
export function devcontainer(): string {
  return JSON.stringify({
    name: 'Oversign',
    image: 'node:24-bookworm',
    runArgs: ['--security-opt', 'seccomp=unconfined', '--security-opt', 'apparmor=unconfined'],
    onCreateCommand: lineFor(programsFor('test'), 'apt', { isRoot: true, hasSudo: false }),
    postCreateCommand: 'npm install',
    customizations: { vscode: { extensions: ['dbaeumer.vscode-eslint', 'esbenp.prettier-vscode'] } },
  });
}
