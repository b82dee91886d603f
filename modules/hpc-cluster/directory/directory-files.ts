/** What nodes of a cluster with a directory fetch beside what all fetch, by key. */
export const directoryFiles = Object.fromEntries(
  [
    "directory.py",
    "directory.sh",
    "homes.py",
    "session.sh",
    "meridian-directory.service",
    "meridian-directory.timer",
    "meridian-homes.path",
    "meridian-homes.service",
  ].map((file) => [`nodes/${file}`, `directory/${file}`]),
);
