import { renderToStaticMarkup } from 'react-dom/server';
import { createFileKnowledge } from '../../webview/state/fileKnowledge.ts';
import { Words } from '../../webview/markdown/Words.tsx';
import { WordsHost } from '../../webview/markdown/WordsHost.ts';

/** What the panel's page has of a message of the agent. `there`: paths that are known to be files. */
export function drawn(text: string, { isStreaming = false, there = [] as string[] } = {}): string {
  const files = createFileKnowledge(() => undefined);
  files.learn({ there, absent: [] });
  const html = renderToStaticMarkup(
    <WordsHost value={{ post: () => undefined, files }}>
      <Words text={text} isStreaming={isStreaming} />
    </WordsHost>,
  );
  return html.replace(/^<div class="md[^>]*>|<\/div>$/g, '');
}

/** The same as a person reads it. */
export function read(text: string, options?: Parameters<typeof drawn>[1]): string {
  return drawn(text, options)
    .replace(/<[^>]*>/g, '')
    .replace(/&(lt|gt|amp|quot|#x27);/g, (_, name: string) => ({ lt: '<', gt: '>', amp: '&', quot: '"' })[name] ?? "'");
}
