/** Where progress is shown to a person: a terminal, of which each line is written over. */
interface Screen {
  isTTY?: boolean;
  write(text: string): boolean;
}

/** A line that says how far something is; nothing where nobody looks on. */
export function progressLine(
  screen: Screen,
  what: string,
  counted = 'events',
): { show: (done: number, of: number) => void; end: () => void } {
  let isShown = false;
  return {
    show: (done, of) => {
      if (screen.isTTY !== true) return;
      isShown = true;
      const percent = of === 0 ? 0 : Math.floor((done / of) * 100);
      screen.write(`\r${what}: ${percent} % (${done} of ${of} ${counted})`);
    },
    end: () => {
      if (isShown) screen.write('\r\u001b[K');
    },
  };
}

/** The same for input that is read: how many megabytes so far, each of them once. */
export function progressBytes(screen: Screen, what: string): { show: (bytes: number) => void; end: () => void } {
  let isShown = false;
  let last = 0;
  return {
    show: (bytes) => {
      const whole = Math.floor(bytes / MEGABYTE);
      if (screen.isTTY !== true || whole === last) return;
      last = whole;
      isShown = true;
      screen.write(`\r${what}: ${whole} MB read`);
    },
    end: () => {
      if (isShown) screen.write('\r\u001b[K');
    },
  };
}

const MEGABYTE = 1_000_000;
