const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\s]+/g;
const controlsButLines = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const plain = /^[!-~]+(?: [!-~]+)*$/;

/** One line: NFC, trimmed, every run of blanks and control characters one space. Letters keep their case. */
export function cleanLine(given: string): string {
  if (plain.test(given)) return given;
  return given.toWellFormed().normalize('NFC').replace(controls, ' ').trim();
}

/** A text of several lines: NFC, trimmed, lines ended by `\n`, without other control characters. */
export function cleanText(given: string): string {
  if (plain.test(given)) return given;
  return given.toWellFormed().normalize('NFC').replaceAll(/\r\n?/g, '\n').replace(controlsButLines, '').trim();
}
