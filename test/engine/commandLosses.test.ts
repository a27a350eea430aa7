import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { Card } from '../../src/shared/approval.ts';
import type { Words } from '../../src/shared/block.ts';
import { approvalText } from '../../src/terminal/cardText.ts';
import { attempt } from '../support/attempt.ts';
import { blocksOf, commandOn, exactIn, sentencesOn } from '../support/cards.ts';
import { workbench } from '../support/workbench.ts';

const HUNDREDS = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`many/${index}.log`, 'x']));
const FILES: Record<string, string> = {
  a: 'a',
  b: 'bb',
  'dir/a': 'old a',
  'dir/x.ts': 'old',
  'dir/sub/c': 'c',
  'empty/.gitkeep/.gitkeep': '',
  'src/x.ts': 'x',
  'src/y.ts': 'y',
  'src/sub/c': 'new c',
  'a.tar': '',
  'a.zip': '',
  'a.gz': '',
  p: '',
  ...HUNDREDS,
};

const DIR = 'dir/: 3 files, 9 bytes';
const SRC = 'src/: 3 files, 7 bytes';

/** A line, and what its card says would be lost: paths, and bounds of what cannot be known. */
const LOSES: [command: string, lost: string[]][] = [
  // Into a folder, or onto a file.
  ['cp a dir/', ['dir/a']],
  ['cp a dir', ['dir/a']],
  ['cp a b', ['b']],
  ['cp a b dir', ['dir/a']],
  ['cp src/*.ts dir', ['dir/x.ts']],
  ['cp -t dir a b', ['dir/a']],
  ['cp --target-directory=dir a', ['dir/a']],
  ['cp -tdir a', ['dir/a']],
  ['cd src && cp x.ts ../dir', ['dir/x.ts']],
  ['cp -r src/sub dir', ['cp overwrites dir/sub/: 1 file, 1 bytes']],
  ['cp -a src/. dir', [`cp overwrites ${DIR}`]],
  ['cp -rT src dir', [`cp overwrites ${DIR}`]],
  ['find src -name "*.ts" -exec cp {} dir \\;', [`cp overwrites ${DIR}`]],
  ['mv a b', ['b']],
  ['mv a dir/', ['dir/a']],
  ['mv -f a b dir', ['dir/a']],
  ['install -t dir a', ['dir/a']],
  ['install -m 644 a dir/a', ['dir/a']],
  ['ln -sf x a', ['a']],
  ['ln -sf ../a dir', ['dir/a']],
  ['ln -f a b', ['b']],
  // In place.
  ['sed -i s/a/b/ a', ['a']],
  ['sed -i -e s/a/b/ a b', ['a', 'b']],
  ['sed -Ei s/a/b/ src/*.ts', ['src/x.ts', 'src/y.ts']],
  ['sed --in-place s/a/b/ a', ['a']],
  ['perl -pi -e s/a/b/ a b', ['a', 'b']],
  ['perl -0777 -i -pe s/a/b/ a', ['a']],
  ['gawk -i inplace 1 a', ['a']],
  ['truncate -s 0 a', ['a']],
  ['perl -lpi -e s/a/b/ a', ['a']],
  ['perl -lni -e print a', ['a']],
  ['gawk -i /usr/share/awk/inplace.awk 1 a', ['a']],
  ['sed -n "w a" b', ['a']],
  ['awk \'{print > "a"}\' b', ['a']],
  ['git diff --output=a', ['a']],
  ['git archive -o a HEAD', ['a']],
  ['git log --output a', ['a']],
  ['git bundle create a HEAD', ['a']],
  ['sed "s/x/y/w a" b', ['a']],
  ['gzip -c b > a', ['a']],
  ['gzip a', ['a']],
  ['zip -m new.zip a', ['a']],
  ['rm -r dir/../dir', ['dir']],
  ['exec > a', ['a']],
  ['cp /dev/null a', ['a']],
  ['tee a < b', ['a']],
  ['iconv -o a b', ['a']],
  ['openssl rand -out a 5', ['a']],
  ['gcc -o a b', ['a']],
  ['jq . b > a', ['a']],
  ['ed a', ['a']],
  ['sort -oa b', ['a']],
  ['sort -uo a b', ['a']],
  ['curl --output a file:///x', ['a']],
  ['ex -sc wq a', ['a']],
  ['unlink a', ['a']],
  ['bash -c "cd dir; rm a"', ['a', 'dir/a']],
  ['(cd dir; rm a)', ['a', 'dir/a']],
  ['pushd dir && rm a', ['a', 'dir/a']],
  ['rm ./a ./a', ['a']],
  ['rm -rf .', ['./']],
  ['rm -rf ~+/dir', ['rm deletes ./: *']],
  ['rm -rf "$PWD/dir"', ['dir']],
  ['f() { rm "$1"; }; f a', ['rm deletes ./: *']],
  ['patch a p', ['a']],
  ['patch -p1 < p', ['patch overwrites ./: *']],
  ['patch -d dir -p1 < p', [`patch overwrites ${DIR}`]],
  // Into a file.
  ['dd if=b of=a', ['a']],
  ['dd if=b of=a oflag=append', ['a']],
  ['echo x > a', ['a']],
  ['echo x >| a', ['a']],
  ['echo x &> a', ['a']],
  ['cd dir && echo x > a', ['dir/a']],
  ['echo x | tee a b', ['a', 'b']],
  ['sort a | sponge a', ['a']],
  ['sort -o a a', ['a']],
  ['sort a --output=b', ['b']],
  ['uniq a b', ['b']],
  ['curl -so a https://example.org', ['a']],
  ['wget -qO a https://example.org', ['a']],
  ['find dir -fprint a', ['a']],
  // Gone.
  ['rm -rf dir', ['dir']],
  ['rm many/1*.log', ['many/1.log', '+51']],
  ['rm many/*', ['many/0.log', '+140']],
  ['sudo rm a', ['a']],
  ['bash -c "rm a"', ['a']],
  ['for f in a b; do rm $f; done', ['a', 'b']],
  ['find dir -delete', ['dir']],
  ['find . -name "*.ts" -delete', ['find deletes ./: *']],
  ['find dir src -type f -delete', [`find deletes ${DIR}`, `find deletes ${SRC}`]],
  ['find dir -name a -exec rm {} +', [`rm deletes ${DIR}`]],
  ['find dir -type f -exec sed -i s/a/b/ {} \\;', [`sed overwrites ${DIR}`]],
  ['find dir -type f | xargs rm -f', ['rm deletes ./: *']],
  ['git ls-files | xargs -I F rm F', ['rm deletes ./: *']],
  ['xargs rm < p', ['rm deletes ./: *']],
  ['rm "$(cat p)"', ['rm deletes ./: *']],
  ['shred -u a', ['a']],
  // Trees.
  ['rsync -a --delete src/ dir/', [`rsync deletes ${DIR}`]],
  ['rsync -a --delete-after src/ dir', [`rsync deletes ${DIR}`]],
  ['rsync -a src/ dir/', [`rsync overwrites ${DIR}`]],
  ['rsync a b', ['b']],
  ['cpio -id < p', ['cpio overwrites ./: *']],
  ['find src | cpio -pd dir', [`cpio overwrites ${DIR}`]],
  ['tar xf a.tar', ['tar overwrites ./: *']],
  ['tar -xf a.tar -C dir', [`tar overwrites ${DIR}`]],
  ['tar xfz a.tar -C dir', [`tar overwrites ${DIR}`]],
  ['tar cf a.tar src', ['a.tar']],
  ['tar -cf new.tar --remove-files a', ['a']],
  ['unzip -o a.zip -d dir', [`unzip overwrites ${DIR}`]],
  ['unzip -qo a.zip', ['unzip overwrites ./: *']],
  ['7z x -y a.zip -odir', [`7z overwrites ${DIR}`]],
  ['cpio -idu -D dir < p', [`cpio overwrites ${DIR}`]],
  ['rsync -a --remove-source-files src/x.ts host:dir/', ['src/x.ts']],
  ['gzip a b', ['a', 'b']],
  ['xz -9 a', ['a']],
  ['gunzip -f a.gz', ['a', 'a.gz']],
  ['zip -rm new.zip dir', ['dir']],
  ['npx rimraf dir', ['dir']],
  // git.
  ['git checkout -- a', ['a']],
  ['git checkout HEAD -- a b', ['a', 'b']],
  ['git checkout .', ['git checkout overwrites ./: *']],
  ['git checkout -f', ['git checkout overwrites ./: *']],
  ['git restore a', ['a']],
  ['git -C dir restore a', ['dir/a']],
  ['git -C dir -C sub restore c', ['dir/sub/c']],
  ['git restore dir', [`git restore overwrites ${DIR}`]],
  ['git restore "*.ts"', ['git restore overwrites ./: *']],
  ['git clean -fdx', ['git clean deletes ./: *']],
  ['git clean -fd dir', [`git clean deletes ${DIR}`]],
  ['cd dir && git clean -fd', [`git clean deletes ${DIR}`]],
  ['git reset --merge', ['git reset overwrites ./: *']],
  ['git merge --abort', ['git merge overwrites ./: *']],
  ['git rebase --skip', ['git rebase overwrites ./: *']],
  ['git cherry-pick --abort', ['git cherry-pick overwrites ./: *']],
  ['git submodule update --init --force', ['git submodule overwrites ./: *']],
  ['git -c clean.requireForce=false clean -d', ['git clean deletes ./: *']],
  ['git --config-env core.x=HOME reset --hard', ['git reset overwrites ./: *']],
  ['git reset --hard', ['git reset overwrites ./: *']],
  ['cd dir && git reset --hard HEAD~1', ['git reset overwrites ./: *']],
  ['git stash -u', ['git stash takes away ./: *']],
  ['git stash push -- dir', [`git stash takes away ${DIR}`]],
  ['git worktree remove --force dir', ['dir']],
  ['git rm a', ['a']],
  ['git rm -rf dir', ['dir']],
  ['git switch -f main', ['git switch overwrites ./: *']],
  ['git mv -f a b', ['b']],
  ['git apply p', ['git apply overwrites ./: *']],
];

/** The same where nothing is lost: nothing stands there, it adds, it keeps what was there, or it only tells. */
const KEEPS = [
  'cp a new',
  'cp b dir/',
  'cp many/* empty/',
  'cp -n a b',
  'cp --backup=t a b',
  'cp -r src new',
  'cp -r src empty',
  'mv a new',
  'mv b dir',
  'mv -n a b',
  'mv src empty',
  'install -d dir',
  'install a new',
  'ln -s x new',
  'ln -s x a',
  'ln -sf x new',
  'sed -i s/a/b/ new',
  'sed -i.bak s/a/b/ a',
  'perl -pi.bak -e s/a/b/ a',
  'truncate -s 0 new',
  'truncate -s +5 a',
  'touch a',
  'mkdir -p dir',
  'chmod +x a',
  'rmdir empty',
  'dd if=a of=new',
  'dd if=a of=b oflag=append conv=notrunc',
  'echo x > new',
  'echo x >> a',
  'echo x &>> a',
  'echo x | tee -a a',
  'echo x | tee new',
  'sort -o new a',
  'rm -f new',
  'rm -f new*',
  'find new -delete',
  'rsync -an --delete src/ dir/',
  'rsync -a src/ host:dir/',
  'rsync -a src/ new/',
  'tar xkf a.tar',
  'tar xf a.tar -C new',
  'tar cf new.tar src',
  'unzip a.zip',
  '7z x a.zip',
  'gzip -k a',
  'gzip -c a > new',
  'zip -r new.zip dir',
  'unzip -o a.zip -d new',
  'git checkout main',
  'git checkout -b dir2',
  'git checkout -- new',
  'git restore --staged a',
  'git clean -n',
  'git clean -fd new',
  'git reset',
  'git merge main',
  'git rebase --continue',
  'cpio -it < p',
  'git reset --soft HEAD~1',
  'git stash pop',
  'git rm --cached a',
  'git switch main',
  'git mv a new',
  'git apply --check p',
  'patch --dry-run a p',
  'python3 -c "print(1)"',
];

// A hundred questions, each with its look at the workspace: more than one test's usual time on a busy machine.
test.each([0, 1, 2, 3])(
  'a card says what a command would take away, and nothing where it takes nothing (part %i)',
  { timeout: 240_000 },
  async (part) => {
    const isMeant = (_: unknown, index: number): boolean => index % 4 === part;
    const [loses, keeps] = [LOSES.filter(isMeant), KEEPS.filter(isMeant)];
    const bench = await workbench({ files: FILES, answer: () => ({ choice: 'deny' }) });
    execFileSync('git', ['init', '-q', bench.folder]);
    const commands = [...loses.map(([command]) => command), ...keeps];
    await attempt(
      bench,
      commands.map((command) => ({ name: 'run_command', args: { command } })),
    );
    const said = new Map(bench.asked.map(({ card }) => [commandOn(card), card]));
    const lost = commands.map((command) => [command, lossesOf(said.get(command))]);
    expect(Object.fromEntries(lost)).toEqual(
      Object.fromEntries([...loses, ...keeps.map((command): [string, string[]] => [command, []])]),
    );
  },
);

/** The paths that would be lost, the first of more than ten, and the bounds; that of the whole workspace as a star. */
function lossesOf(card: Card | undefined): string[] {
  if (card?.kind !== 'command') return ['not asked'];
  const paths = blocksOf(card, 'loss').flatMap(({ heading }) => exactIn(heading));
  const said = sentencesOn(card);
  const left = said.map(([first]) => /^Would be lost: and (\d+) more/.exec(String(first))?.[1]).find(Boolean);
  return [
    ...(left !== undefined && left !== '0' ? [...paths.slice(0, 1), `+${left}`] : paths.sort()),
    ...said.filter(([first]) => first === 'What ').map(unknownLoss),
  ];
}

function unknownLoss(words: Words): string {
  const [program = '', below = ''] = exactIn(words);
  const does = /^ (.*) below $/.exec(String(words[2]))?.[1] ?? '';
  const piece = words.find((one) => typeof one === 'object' && 'amount' in one);
  const { files, bytes } = piece?.amount ?? { files: NaN, bytes: NaN };
  const amount = `${files} ${files === 1 ? 'file' : 'files'}, ${bytes} bytes`;
  return `${program} ${does} ${below}: ${below === './' ? '*' : amount}`;
}

test('a card counts all that a glob fits, and bounds what a command finds for itself', async () => {
  const bench = await workbench({ files: HUNDREDS, answer: () => ({ choice: 'deny' }) });
  await attempt(bench, [
    { name: 'run_command', args: { command: 'rm many/*' } },
    { name: 'run_command', args: { command: 'find many -name "1*" -delete' } },
  ]);
  const [all, some] = bench.asked.map((approval) => approvalText(approval));
  expect(all).toContain('! Would be lost: and 140 more; in all 150 files, 150 bytes');
  expect(some).toContain('! What find deletes below many/ cannot be known beforehand: up to 150 files, 150 bytes');
});

test('a glob of more than is followed is counted at least', async () => {
  const files = Object.fromEntries(Array.from({ length: 510 }, (_, index) => [`${index}.log`, 'x']));
  const bench = await workbench({ files, answer: () => ({ choice: 'deny' }) });
  await attempt(bench, [{ name: 'run_command', args: { command: 'rm *.log' } }]);
  expect(bench.asked.map((approval) => approvalText(approval))[0]).toContain('in all at least 500 files');
});
