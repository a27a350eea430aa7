/** What of a name is added by editors, merge tools, package managers and people who keep an earlier state of a file. */
const DECORATIONS: readonly RegExp[] = [
  /^#(.+)#$/, // Emacs, auto-save
  /^\.#(.+)$/, // Emacs, locks
  /^(.+?)(?:\.~\d+)?~$/, // Emacs, gedit, Kate, nano, patch
  /^\.?(.+)\.(?:sw[a-z]|un~)$/, // Vim, swap and undo files
  /^(.+)\.(?:sw[a-z]|un~)$/,
  /^\.(.+)\.kate-swp$/,
  /^\.?%(?:.*%)?([^%]+?)(?:\.sw[a-z])?$/, // Vim, with the path in the name
  /^(.+)\.(?:bak|bk|bkp|backup|old|orig|save|saved|prev|previous|rej|mine|tmp|copy|r\d+)(?:[.-]?\d+)?$/,
  /^(.+)\.(?:dpkg|ucf|rpm|pac)(?:-)?(?:old|new|dist|save|orig|bak)$/,
  /^(.+)___jb_(?:tmp|old)___$/, // JetBrains, safe write
  /^(.+?) ?\((?:copy|\d+|[^()]*conflicted copy[^()]*)\)$/i,
  /^(.+) copy(?: \d+)?$/i,
  /^copy of (.+)$/i,
];

/** The same in the middle, before the extension: merge tools, Syncthing, desktop copies. */
const INFIXES: readonly RegExp[] = [
  /^(.+?)_(?:BACKUP|BASE|LOCAL|REMOTE)_\d+(\.[^.]*)?$/,
  /^(.+?)\.(?:BACKUP|BASE|LOCAL|REMOTE)\.\d+(\.[^.]*)?$/,
  /^(.+?)\.sync-conflict-\d{8}-\d{6}(?:-\w+)?(\.[^.]*)?$/,
  /^(.+?) ?\((?:copy|\d+|[^()]*conflicted copy[^()]*)\)(\.[^.]*)$/i,
  /^(.+?)(?: copy(?: \d+)?|[-_ ](?:backup|bak|old|copy))(\.[^.]*)$/i,
];

/** One look for all of the above: thousands of paths are asked, and hardly any is such a one. */
const MAY_BE =
  /[~#%(]|copy|[-_ .](?:backup|bak|bkp?|old|orig|saved?|prev|rej|mine|tmp|sw[a-z]|r\d|dpkg|ucf|rpm|pac|local|remote|base|sync-conflict)|jb_|kate-swp|\.py[co]$/i;

/**
 * The paths whose earlier or unfinished content a path may hold, going by its names: for `keys/.server.pem.swp`
 * `keys/server.pem`. A compiled Python module stands for its source.
 */
export function originalsOf(path: string): string[] {
  if (!MAY_BE.test(path)) return [];
  const found: string[] = [];
  const segments = path.split('/');
  for (const [index, name] of segments.entries()) {
    if (!MAY_BE.test(name)) continue;
    const before = segments.slice(0, index).join('/');
    const behind = segments.slice(index + 1);
    for (const original of originalNames(name)) found.push([before, original, ...behind].join('/'));
    const compiled = /^(.+?)\.(?:[\w-]+\.)*py[co]$/.exec(name);
    if (compiled?.[1] !== undefined && behind.length === 0) {
      const folder = segments[index - 1] === '__pycache__' ? segments.slice(0, index - 1).join('/') : before;
      found.push(`${folder}/${compiled[1]}.py`);
    }
  }
  return found;
}

function originalNames(name: string): Set<string> {
  const found = new Set<string>();
  for (const pattern of DECORATIONS) {
    const original = pattern.exec(name)?.[1];
    if (original !== undefined && original !== name) found.add(original).add(`.${original}`);
  }
  for (const pattern of INFIXES) {
    const [, stem, extension = ''] = pattern.exec(name) ?? [];
    if (stem !== undefined) found.add(`${stem}${extension}`);
  }
  return found;
}
