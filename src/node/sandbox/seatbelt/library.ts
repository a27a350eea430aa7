// A file of its own, so that esbuild makes a chunk of it that nothing but macOS loads.
export { SandboxManager } from '@anthropic-ai/sandbox-runtime';
