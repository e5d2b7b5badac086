// Absolute paths in canonical form, as planning compares them.

/** Whether `path` lies below `folder`; a folder is not below itself. */
export const isBelow = (path: string, folder: string): boolean =>
  path.length > folder.length && path.startsWith(folder === '/' ? '/' : `${folder}/`);

export const isAtOrBelow = (path: string, folder: string): boolean => path === folder || isBelow(path, folder);

export const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

export const join = (folder: string, name: string): string => (folder === '/' ? `/${name}` : `${folder}/${name}`);

/** The folders above a path, from the root down: `/`, `/a`, `/a/b` of `/a/b/c`. */
export function parentsOf(path: string): string[] {
  const found: string[] = [];
  for (let one = path; one !== '/'; ) {
    one = parentOf(one);
    found.unshift(one);
  }
  return found;
}
