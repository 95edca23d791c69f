import { refused } from './faults.js';

/** Digits, each part ended by something that is no digit: only such pictures parse in linear time. */
const linearPicture = /^[^[\]]*(?:\[[YMDdHhmsf][0-9#*,-]*\](?:$|[^[\]0-9][^[\]]*))*(?:\[Z[0-9:]*\])?$/;

/** A picture that texts are parsed by. */
export function checkedInput(picture: string, name = '$toMillis'): string {
  if (picture.length <= 100 && linearPicture.test(picture)) return picture;
  throw refused(`\`${name}\` takes pictures of numbers with separators between them, such as \`[D01].[M01].[Y0001]\``);
}

/** A picture that times are written by. Widths in it become loops and buffers. */
export function checkedOutput(picture: string | undefined): string | undefined {
  if (picture === undefined || (picture.length <= 1000 && !/\d{3,}\s*[-\]]|-\d{3,}/.test(picture.replace(/0+1\]/g, ']')))) return picture;
  throw refused('the picture is too long or too wide');
}
