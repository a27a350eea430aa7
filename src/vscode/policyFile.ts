import * as vscode from 'vscode';

const TEMPLATE = `# Oversign policy. Every key may be left out; what is left out keeps its safe default.
# A key that does not exist is an error, so that no typing mistake loosens anything.
#
# confirm_actions: true
# max_iterations: 25
# timeout: 600
# sandbox: true
# tools:
#   file_system:
#     denied_paths: [".env", "secrets/"]
#   code_execution:
#     timeout: 120
`;

/** Opens a policy file, with a commented template where there is none yet. Nothing is written until it is saved. */
export async function openPolicyFile(file: string): Promise<void> {
  const uri = vscode.Uri.file(file);
  const exists = await vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
  const document = await vscode.workspace.openTextDocument(exists ? uri : uri.with({ scheme: 'untitled' }));
  const editor = await vscode.window.showTextDocument(document);
  if (!exists && document.getText() === '')
    await editor.edit((edit) => {
      edit.insert(new vscode.Position(0, 0), TEMPLATE);
    });
}
