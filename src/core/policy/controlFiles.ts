import type { PathRule } from '../scope/pathRule.ts';

/** Files and folders by which one kind of tool is told what to run, without being asked again. */
export interface ControlFiles {
  /** Who runs what they say, and when. */
  runs: string;
  /** As a path rule writes them: a name binds at any depth. */
  names: readonly string[];
  /** Where that is documented. */
  source: string;
}

/**
 * What runs later, or configures who runs something: a table to be kept up, one row a kind of tool. Only what takes
 * effect without the person starting that very thing belongs here (the next `git commit`, opening the folder, entering
 * it with a shell). Makefiles, package scripts and CI files are started on purpose; what an agent changed in them loses
 * its known meaning instead (flow/scriptWatch.ts).
 */
export const CONTROL_FILES: readonly ControlFiles[] = [
  {
    runs: 'Oversign: its own policy',
    names: ['.oversign'],
    source: 'docs/policy.md',
  },
  {
    runs: 'git and other version control: hooks, filters, helpers, at the next command',
    names: ['.git', '.gitmodules', '.gitconfig', '.hg', '.hgrc', '.svn', '.bzr', '.jj', '.sl', '_darcs', '.pijul'],
    source: 'githooks(5), git-config(1), hgrc(5), CVE-2022-24765',
  },
  {
    runs: 'hook managers, at the next commit, push or checkout',
    names: [
      ...['.husky', '.huskyrc', '.huskyrc.*', '.githooks', '.git-hooks', '.yorkie', '.captainhook', 'captainhook.json'],
      ...[
        'lefthook.y*ml',
        '.lefthook.y*ml',
        'lefthook-local.y*ml',
        '.lefthook-local.y*ml',
        'lefthook.toml',
        '.lefthook.toml',
        'lefthook-local.toml',
        'lefthook.json',
        '.lefthook.json',
        'lefthook-local.json',
        '**/.config/lefthook.*',
        '.lefthook',
      ],
      ...['.pre-commit-config.y*ml', '.pre-commit-hooks.y*ml', '.overcommit.yml', '.overcommit', '.git-hooks.toml'],
      ...['.simple-git-hooks.*', 'simple-git-hooks.*', '.lintstagedrc', '.lintstagedrc.*', 'lint-staged.config.*'],
      ...['grumphp.yml', 'grumphp.yml.dist', '.rusty-hook.toml', '.cargo-husky', 'prek.toml'],
    ],
    source: 'the manuals of husky, lefthook, pre-commit, overcommit, simple-git-hooks, lint-staged, GrumPHP',
  },
  {
    runs: 'VS Code and its kin: tasks, launch settings, containers, when the folder is opened',
    names: [
      ...['.vscode', '.vscode-server', '*.code-workspace', '.theia', '.devcontainer', '.devcontainer.json'],
      ...['.gitpod.yml', '.gitpod', 'devfile.yaml', '.devfile.yaml', '.replit', '.codesandbox', '.stackblitzrc'],
    ],
    source: 'code.visualstudio.com/docs (tasks, dev containers), CVE-2025-53773',
  },
  {
    runs: 'other editors: run configurations, language servers, local settings with code in them',
    names: [
      ...['.idea', '.fleet', '.zed', '.nova', '.helix', '.vs', '.settings', '*.sublime-project'],
      ...['.exrc', '.nexrc', '.vimrc', '.gvimrc', '_vimrc', '.lvimrc', '.local.vimrc', '.vimrc.local', '.nvimrc'],
      ...['.nvim.lua', '.lazy.lua', '.neoconf.json', '.dir-locals.el', '.dir-locals-2.el', '.projectile'],
      ...['.ycm_extra_conf.py', '.kateproject', '.kateproject.*', '.geany'],
    ],
    source: "Vim's 'exrc', Emacs' per-directory local variables, the editors' manuals",
  },
  {
    runs: 'other coding agents: their settings, hooks, commands and servers',
    names: [
      ...['.claude', '.claude.json', '.mcp.json', 'mcp.json', '.cursor', '.cursorrules', '.windsurf', '.windsurfrules'],
      ...['.codex', '.gemini', '.qwen', '.opencode', 'opencode.json', 'opencode.jsonc', '.crush', '.crush.json'],
      ...['.crush.toml', 'crush.json', '.cline', '.clinerules', '.roo', '.roomodes', '.kilocode', '.kilocodemodes'],
      ...['.continue', '.continuerc.json', '.aider.conf.yml', '.amazonq', '.kiro', '.augment', '.factory', '.trae'],
      ...['.junie', '.goose', '.goosehints', '.openhands', '.openclaw', '.devin', '.zencoder', '.tabnine', '.cody'],
      ...[
        '.agents',
        '.agent',
        '.pi',
        '.vibe',
        '.rovodev',
        '.serena',
        '.copilot',
        '**/.github/hooks',
        '**/.github/copilot',
      ],
      ...['**/.github/agents', '**/.github/prompts', '**/.github/chatmodes', '**/.github/copilot-instructions.md'],
      ...['**/.github/instructions', '**/.github/workflows/copilot-setup-steps.y*ml'],
    ],
    source: 'docs.github.com (Copilot hooks), kiro.dev/docs/hooks, the agents’ manuals, CVE-2025-54135, CVE-2025-54136',
  },
  {
    runs: 'shells and what they load, when one starts or enters the folder',
    names: [
      ...['.envrc', '.autoenv', '.autoenv.zsh', '.autoenv_leave.zsh'],
      ...['.bashrc', '.bash_profile', '.bash_login', '.bash_logout', '.bash_aliases', '.profile', '.inputrc'],
      ...['.zshrc', '.zshenv', '.zprofile', '.zlogin', '.zlogout', '.kshrc', '.mkshrc', '.cshrc', '.tcshrc', '.login'],
      ...['.xonshrc', 'config.fish', '.tmux.conf', '.screenrc', '.ripgreprc'],
      ...['.mise.toml', 'mise.toml', '.mise', '.rtx.toml', '.mise.*.toml', 'mise.*.toml'],
      ...['**/.config/mise.toml', '**/.config/mise.*.toml', '**/.config/mise'],
    ],
    source: 'bash(1), zsh(1), fish(1), direnv(1), mise.jdx.dev/configuration',
  },
  {
    runs: 'debuggers, interpreters and package managers, at their next start in the folder',
    names: [
      ...[
        '.gdbinit',
        '.gdbearlyinit',
        '.lldbinit',
        '.pdbrc',
        '.pdbrc.py',
        '.pythonrc',
        '.pythonrc.py',
        '.pythonstartup',
      ],
      ...['sitecustomize.py', 'usercustomize.py', '.Rprofile', '.irbrc', '.pryrc', '.iex.exs', '.byebugrc', '.psqlrc'],
      ...['.Renviron', '.ghci', '.ocamlinit', '.octaverc', '.npmrc', 'bunfig.toml'],
      ...['.yarnrc', '.yarnrc.yml', '.pnpmfile.cjs', '.pnpmfile.mjs', '.bazelrc', '.bazeliskrc', '**/.cargo/config'],
      ...['**/.cargo/config.toml', '**/.mvn/jvm.config', '**/.mvn/maven.config', '**/.mvn/extensions.xml'],
    ],
    source:
      'gdb (auto-loading), pdb, R (Startup), GHCi (.ghci), OCaml, Octave, npm (script-shell, node-options), Bun (preload), yarnpkg.com (yarnPath), pnpm.io (.pnpmfile.cjs), Cargo (config), Maven (.mvn)',
  },
];

/** What no tool may write, wherever it stands: what decides over the agent, and what runs later. */
export const PROTECTED: PathRule[] = CONTROL_FILES.flatMap(({ names }) =>
  names.map((written): PathRule => ({ written, origin: { layer: 'built-in' } })),
);
