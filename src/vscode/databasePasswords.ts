import * as vscode from 'vscode';

/** A connection as far as its password goes: it belongs to exactly this role at exactly this place. */
export interface PasswordPlace {
  name: string;
  host: string;
  port: number;
  database: string;
  user: string;
}

/** The password of a connection, from the editor's secret storage; undefined where there is none. */
export async function databasePassword(
  secrets: vscode.SecretStorage,
  place: PasswordPlace,
): Promise<string | undefined> {
  return secrets.get(keyOf(place));
}

/** Asks which connection, and for its password, and keeps that; an empty one removes what is kept. */
export async function askDatabasePassword(
  secrets: vscode.SecretStorage,
  places: readonly PasswordPlace[],
): Promise<void> {
  const picked = await vscode.window.showQuickPick(
    places.map((place) => ({
      ...{ label: place.name, place },
      description: `${place.user} at ${place.host}:${place.port}/${place.database}`,
    })),
    { title: 'Oversign: Set Database Password' },
  );
  if (!picked) return;
  const { place } = picked;
  const password = await vscode.window.showInputBox({
    title: `Password of ${place.user} at ${place.host}:${place.port}`,
    prompt: 'Kept in the editor’s secret storage, and sent to that server alone. Empty removes it.',
    password: true,
    ignoreFocusOut: true,
  });
  if (password === undefined) return;
  if (password === '') await secrets.delete(keyOf(place));
  else await secrets.store(keyOf(place), password);
  void vscode.window.showInformationMessage(
    `Oversign: the password of ${place.name} is ${password === '' ? 'removed' : 'kept'}.`,
  );
}

/** Named anew, another place or role has no password: it would reach who was never meant. */
function keyOf({ host, port, database, user }: PasswordPlace): string {
  return `oversign.database.${JSON.stringify([host, port, database, user])}`;
}
