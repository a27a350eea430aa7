/** Where progress is shown to a person: a terminal, of which each line is written over. */
interface Screen {
  isTTY?: boolean;
  write(text: string): boolean;
}

/** A line that says how far something is; nothing where nobody looks on. */
export function progressLine(
  screen: Screen,
  what: string,
): { show: (done: number, of: number) => void; end: () => void } {
  let isShown = false;
  return {
    show: (done, of) => {
      if (screen.isTTY !== true) return;
      isShown = true;
      const percent = of === 0 ? 0 : Math.floor((done / of) * 100);
      screen.write(`\r${what}: ${percent} % (${done} of ${of} events)`);
    },
    end: () => {
      if (isShown) screen.write('\r\u001b[K');
    },
  };
}
