import * as vscode from 'vscode';
import type { NamedSecret } from '../core/secrets/namedSecret.ts';
import { Failure } from '../core/outcome.ts';
import { isOrdinary } from '../core/redaction/ordinary.ts';

/** Where the editor keeps the value of a secret that the policy names. */
function placeOf(name: string): string {
  return `oversign.secret.${name}`;
}

export function keptSecret(storage: vscode.SecretStorage, name: string): Promise<string | undefined> {
  return Promise.resolve(storage.get(placeOf(name)));
}

/** *Keep a Named Secret*: what is typed goes into the editor's secret storage, and nowhere else. */
export async function keepSecret(storage: vscode.SecretStorage, secrets: readonly NamedSecret[]): Promise<void> {
  const name = await pickedSecret(secrets, 'Oversign: Keep a Named Secret');
  if (name === undefined) return;
  const value = await vscode.window.showInputBox({
    title: `Oversign: ${name}`,
    prompt: 'It is kept in the editor’s secret storage. The agent never sees it.',
    ...{ password: true, ignoreFocusOut: true },
    validateInput: problemOf,
  });
  if (value === undefined) return;
  await storage.store(placeOf(name), value.trim());
  void vscode.window.showInformationMessage(`Oversign: the secret ${name} is kept.`);
}

/** *Remove a Named Secret*. */
export async function removeSecret(storage: vscode.SecretStorage, secrets: readonly NamedSecret[]): Promise<void> {
  const name = await pickedSecret(secrets, 'Oversign: Remove a Named Secret');
  if (name === undefined) return;
  await storage.delete(placeOf(name));
  void vscode.window.showInformationMessage(`Oversign: the secret ${name} is no longer kept.`);
}

async function pickedSecret(secrets: readonly NamedSecret[], title: string): Promise<string | undefined> {
  if (secrets.length === 0)
    throw new Failure(
      'Your policy names no secrets. Name one under "secrets", with its hosts, in "Oversign: Open User Policy".',
    );
  const picked = await vscode.window.showQuickPick(
    secrets.map(({ name, hosts }) => ({ label: name, description: hosts.join(', ') })),
    { title, placeHolder: 'Secrets that your policy names, and where they may be sent' },
  );
  return picked?.label;
}

function problemOf(typed: string): string | undefined {
  const value = typed.trim();
  if (value === '') return 'Type or paste it.';
  if (!/^[\x20-\x7e]+$/.test(value)) return 'It has characters that no header has.';
  return isOrdinary(value) ? 'It looks like an ordinary word, and could not be masked in replies.' : undefined;
}
