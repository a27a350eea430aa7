import type { Approval } from '../../src/shared/approval.ts';
import type { FromPanel } from '../../src/shared/protocol.ts';
import { visibleLine } from '../../src/shared/visible.ts';

interface AlwaysButtonProps {
  readonly approval: Approval;
  /** Whether it works: not before all that would be approved with it was in sight. */
  readonly offered: boolean;
  readonly post: (message: FromPanel) => void;
}

/** Asks for a rule to be written into the policy. The person sees it first, and the question stays open. */
export function AlwaysButton({ approval, offered, post }: AlwaysButtonProps) {
  const { id, digest, alwaysOffer } = approval;
  if (alwaysOffer === undefined) return null;
  const hint = `Writes a rule into your policy, which you see first: ${visibleLine(alwaysOffer)}`;
  return (
    <p className="small">
      <button
        type="button"
        className="link"
        data-testid="always"
        title={hint}
        aria-description={hint}
        disabled={!offered}
        onClick={() => {
          post({ type: 'always', approval: id, digest });
        }}
      >
        Always allow…
      </button>
    </p>
  );
}
