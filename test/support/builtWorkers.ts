/** Set by `built.setup.ts`, for the processes of this run: where what is shipped was built for it, as an address. */
export const BUILT = 'OVERSIGN_TEST_BUILT';

const CHOICE = /new URL\(isSource \? '\.\/\w+\.ts' : '\.\/([\w-]+\.js)', import\.meta\.url\)/;

/**
 * Tests run the sources; but workers start as they are shipped, from the bundles of the same sources: Node loads one of
 * these in a third of the time, and most tests start several. What this makes of a file is kept from run to run, so it
 * holds no path.
 */
export const builtWorkers = {
  name: 'built-workers',
  enforce: 'pre' as const,
  transform(code: string, id: string): string | undefined {
    if (!/\/src\/node\/.*\.ts$/.test(id) || !CHOICE.test(code)) return undefined;
    return code.replace(CHOICE, `(void isSource, new URL(\`\${process.env['${BUILT}']}/$1\`))`);
  },
};
