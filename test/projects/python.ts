import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { GYP } from '../support/projects/published.ts';
import { files, make, type Place, type RealProject } from './project.ts';

const SOURCES = {
  'src/own/__init__.py': 'def twice(n):\n    return 2 * n\n',
  'tests/__init__.py': '',
  'tests/test_own.py':
    'import sys\nimport unittest\nfrom own import twice\n\n\nclass Own(unittest.TestCase):\n    def test_twice(self):\n        self.assertEqual(twice(2), 4)\n\n    def test_environment(self):\n        self.assertNotEqual(sys.prefix, sys.base_prefix)\n',
};
const SAYS = /^Ran \d+ tests?|^OK$/gm;
const WHICH = /^python .*/gm;

export const PYTHON: readonly RealProject[] = [
  {
    name: 'Python with unittest',
    needs: { '/usr/bin/python3': 'python3' },
    prepare: ({ folder }) => GYP.prepare(folder),
    steps: [{ line: GYP.command, says: SAYS }],
  },
  {
    name: 'venv of the system’s Python',
    needs: { '/usr/bin/python3': 'python3', '/usr/share/doc/python3-venv': 'python3-venv' },
    prepare(place) {
      files(place.folder, SOURCES);
      make(place, place.folder, '/usr/bin/python3 -m venv .venv && .venv/bin/python -m pip --version');
      pathFile(place, join(place.folder, '.venv'), systemVersion(place));
    },
    steps: [
      { line: '.venv/bin/python -m unittest', says: SAYS },
      { line: 'source .venv/bin/activate && python -m unittest && echo "python $(command -v python)"', says: WHICH },
      { line: '.venv/bin/pip --version', says: /^pip [\d.]+/gm },
    ],
  },
  {
    name: 'uv-style environment',
    needs: { '/usr/bin/python3': 'python3' },
    prepare(place) {
      const version = systemVersion(place);
      const python = installation(place, version);
      files(place.folder, { ...SOURCES, 'pyproject.toml': '[project]\nname = "own"\nversion = "1"\n', 'uv.lock': '' });
      const environment = join(place.folder, '.venv');
      files(environment, {
        'pyvenv.cfg': `home = ${join(python, '..')}\nimplementation = CPython\nuv = 0.9.8\nversion_info = ${version}.2\ninclude-system-site-packages = false\n`,
        'bin/activate': `VIRTUAL_ENV='${environment}'\nexport VIRTUAL_ENV\nPATH="$VIRTUAL_ENV/bin:$PATH"\nexport PATH\n`,
        'bin/own': `#!${environment}/bin/python\nfrom own import twice\nprint("python", twice(21))\n`,
      });
      chmodSync(join(environment, 'bin/own'), 0o755);
      symlinkSync(python, join(environment, 'bin/python'));
      for (const name of ['python3', `python${version}`]) symlinkSync('python', join(environment, 'bin', name));
      pathFile(place, environment, version);
    },
    steps: [
      { line: '.venv/bin/python -m unittest', says: SAYS },
      { line: 'source .venv/bin/activate && python -m unittest && echo "python $(command -v python)"', says: WHICH },
      { line: '.venv/bin/own', says: WHICH },
      {
        line: '.venv/bin/python -c "import sys; print(\'python\', sys.version.split()[0], sys.base_prefix)"',
        says: WHICH,
      },
    ],
  },
  {
    name: 'poetry',
    needs: { '/usr/bin/poetry': 'python3-poetry' },
    prepare(place) {
      files(place.folder, {
        ...SOURCES,
        'pyproject.toml':
          '[tool.poetry]\nname = "own"\nversion = "1.0.0"\ndescription = ""\nauthors = []\npackages = [{ include = "own", from = "src" }]\n[tool.poetry.dependencies]\npython = "^3.9"\n',
      });
      make(place, place.folder, 'poetry install --no-interaction');
    },
    steps: [
      { line: 'poetry run python -m unittest', says: SAYS },
      { line: 'echo "python $(poetry run which python)"', says: /(?<=^python .*\/)bin\/python$/gm },
    ],
  },
  {
    name: 'poetry-style environment, made elsewhere by hand',
    needs: { '/usr/bin/python3': 'python3', '/usr/share/doc/python3-venv': 'python3-venv' },
    prepare(place) {
      files(place.folder, { ...SOURCES, 'pyproject.toml': '[tool.poetry]\nname = "own"\n' });
      const environment = poetryEnvironment(place);
      make(place, place.home, `/usr/bin/python3 -m venv --without-pip ${environment}`);
      pathFile(place, environment, systemVersion(place));
    },
    steps: [{ line: 'for at in ~/.cache/pypoetry/virtualenvs/own-*; do $at/bin/python -m unittest; done', says: SAYS }],
  },
  {
    name: 'tox',
    needs: { '/usr/bin/tox': 'tox' },
    prepare(place) {
      files(place.folder, {
        ...SOURCES,
        'tox.ini':
          '[tox]\nskipsdist = true\nenvlist = py3\n[testenv]\nsetenv = PYTHONPATH = {toxinidir}/src\ncommands = python -m unittest\n',
      });
      make(place, place.folder, 'tox');
    },
    steps: [
      { line: 'tox', says: SAYS },
      { line: 'tox -r', says: SAYS },
    ],
  },
];

function systemVersion(place: Place): string {
  return make(place, place.home, '/usr/bin/python3 -c "import sys; print(\'%d.%d\' % sys.version_info[:2])"').trim();
}

/** The system's Python once more, as uv keeps those that it fetches; returns its program. */
function installation({ home }: Place, version: string): string {
  const at = join(home, `.local/share/uv/python/cpython-${version}.2-linux-x86_64-gnu`);
  mkdirSync(join(at, 'bin'), { recursive: true });
  cpSync(`/usr/bin/python${version}`, join(at, `bin/python${version}`));
  symlinkSync(`python${version}`, join(at, 'bin/python3'));
  cpSync(`/usr/lib/python${version}`, join(at, `lib/python${version}`), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !/\/(?:test|__pycache__|config-[^/]*|dist-packages|ensurepip)$|sitecustomize\.py$/.test(path),
  });
  return join(at, `bin/python${version}`);
}

/** What an editable installation of the project comes to. */
function pathFile({ folder }: Place, environment: string, version: string): void {
  files(join(environment, `lib/python${version}/site-packages`), { '_own.pth': `${folder}/src\n` });
}

/** Poetry names an environment after the folder's digest. */
function poetryEnvironment({ home, folder }: Place): string {
  const digest = createHash('sha256').update(folder).digest('base64url').slice(0, 8);
  return join(home, `.cache/pypoetry/virtualenvs/own-${digest}-py3`);
}
