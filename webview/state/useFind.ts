import { useCallback, useEffect, useState } from 'react';

/** Whether words are being looked for: 0 where not, else another value each time that somebody asks for it. */
export function useFind(): { readonly asked: number; readonly close: () => void } {
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isFind =
        (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'f';
      if (!isFind) return;
      event.preventDefault();
      setAsked((before) => before + 1);
    };
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
    };
  }, []);
  const close = useCallback(() => {
    setAsked(0);
  }, []);
  return { asked, close };
}
