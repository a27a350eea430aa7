import { bytesWords } from '../../src/shared/bytesWords.ts';
import type { Made } from '../../src/shared/runView.ts';
import { visibleLine } from '../../src/shared/visible.ts';
import { Exact } from './Exact.tsx';

/** What a program made: its files by name, and pictures as they look. */
export function MadeFiles({ made: { files, left } }: { readonly made: Made }) {
  return (
    <div className="made" data-testid="made">
      <p className="small">
        Made{' '}
        {files.map(({ name, bytes }, index) => (
          <span key={index}>
            {index > 0 && ', '}
            <Exact>{name}</Exact> <span className="quiet">({bytesWords(bytes)})</span>
          </span>
        ))}
        {left > 0 && ` and ${left} more`}
      </p>
      {files.map(
        ({ name, picture }, index) =>
          picture !== undefined && (
            <img key={index} src={picture} alt={`What is in ${visibleLine(name)}`} title={visibleLine(name)} />
          ),
      )}
    </div>
  );
}
