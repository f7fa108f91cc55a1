import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import type { ReadCalendarFile } from '../../../policy/compile-calendar.ts';
import { readCalendarFile } from '../../validate/calendar-file.ts';

/**
 * Reads the iCalendar files of a folder that whoever runs the controller has put there, for policies whose writers may
 * read nothing else of its machine: a path that leads out of the folder, by its dots or by a link, is refused alike,
 * whether there is a file or not. (A mounted ConfigMap's files are links within its own folder.)
 */
export function calendarFilesWithin(folder: string): ReadCalendarFile {
  return (path) => {
    const file = resolve(folder, path);
    if (isAbsolute(path) || leadsOut(folder, file))
      return new Error('leads out of the folder of --calendars');
    return readCalendarFile(file);
  };
}

function leadsOut(folder: string, file: string): boolean {
  if (isOutside(resolve(folder), file)) return true;
  const [realFolder, realFile] = [folder, file].map(realPath);
  return realFolder !== undefined && realFile !== undefined && isOutside(realFolder, realFile);
}

function isOutside(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way === '..' || way.startsWith('../') || isAbsolute(way);
}

/** undefined: there is nothing. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
