// The house (ARCHITECTURE.md): which room may look into which. Everything not forbidden here is still bound by
// the core's own tsconfig, which knows neither Node nor the DOM.
const no = (name, comment, from, to) => ({ name, comment, severity: 'error', from: { path: from }, to });
module.exports = {
  forbidden: [
    // Types count too: two files that cannot do without each other are one.
    no('no-circular', 'data flows one way', '^(src|webview|scripts)', { circular: true }),
    no('shared-stands-alone', 'shared knows zod and itself', '^src/shared', {
      pathNot: '^(src/shared|node_modules/zod)',
    }),
    no('core-is-pure', 'core knows shared and pure libraries; files, network, processes arrive as ports', '^src/core', {
      pathNot: '^(src/core|src/shared|node_modules/(zod|unbash|yaml|re2js|diff|ignore|jsonc-parser|smol-toml))',
    }),
    no(
      'outcomes-are-the-ground',
      'outcomes are what everything in the core stands on',
      '^src/core/(outcome|editedText|missedText)\\.ts',
      {
        path: '^src/core',
        pathNot: '^src/core/(outcome|editedText|missedText)\\.ts',
      },
    ),
    no(
      'core-arrows-fall',
      'what tools stand on never looks up at tools, runs, the lab or the engine',
      '^src/core/(?!(tools|briefing|agent|lab|engine)/)',
      {
        path: '^src/core/(tools/|briefing/(?!port\\.ts)|agent/|lab/|engine/)',
      },
    ),
    no('tools-below-runs', 'a tool knows neither runs nor the lab', '^src/core/tools', {
      path: '^src/core/(briefing|agent|lab)/',
    }),
    no('adapters-below-tools', 'adapters know the ports of the core, not its tools', '^src/node', {
      path: '^src/core/(tools/(?!textSearch\\.ts)|briefing/(?!port\\.ts)|agent/|lab/)',
    }),
    no('compose-wires-core', 'the wiring sees core and shared alone', '^src/compose\\.ts', {
      pathNot: '^src/(core|shared)',
    }),
    no('node-without-editor', 'node adapters know neither editor nor terminal nor entries', '^src/node', {
      path: '^(vscode$|src/(vscode|terminal|extension|cli)|webview)',
    }),
    no('vscode-without-node', 'editor adapters know shared alone', '^src/vscode', {
      path: '^src/(node|core|terminal|cli|extension|compose)',
    }),
    no('terminal-alone', 'terminal adapters know shared alone', '^src/terminal', {
      path: '^(vscode$|src/(node|core|vscode|cli|extension|compose))',
    }),
    no('cli-without-editor', 'the command line never loads the editor', '^src/cli', {
      path: '^(vscode$|src/(vscode|extension))',
    }),
    no('extension-without-terminal', 'the extension never loads the terminal', '^src/extension', {
      path: '^src/(terminal|cli)',
    }),
    no('panel-knows-shared', 'the panel knows shared, React and itself', '^webview', {
      pathNot:
        '^(webview|src/shared|node_modules/(react|react-dom|zod|markdown-it|highlight.js|@vscode/codicons|@types/react|@types/react-dom))',
    }),
    no('no-tests-in-product', 'nothing that ships imports a test', '^(src|webview|scripts)', { path: '^test' }),
    no('no-unresolved', 'every import resolves', '^(src|webview)', { couldNotResolve: true, pathNot: '^vscode$' }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
    },
  },
};
