import type { ForgeTarget, Forge } from "./forge-contract";

/** GitLab's REST API; `url` is the host (`https://gitlab.com`). */
export async function gitlabForge(target: ForgeTarget): Promise<Forge> {
  // Loaded here, because no other command needs it.
  const { Gitlab } = await import("@gitbeaker/rest");
  const client = new Gitlab({ host: target.url.replace(/\/$/, ""), token: target.token });
  const { username } = await client.Users.showCurrentUser();
  const project = /^\d+$/.test(target.repository) ? Number(target.repository) : target.repository;
  return {
    async comments() {
      const all = await client.MergeRequestNotes.all(project, target.number, {
        sort: "asc",
        orderBy: "created_at",
        perPage: 100,
      });
      return all.map(({ id, body, author }) => ({ id, body, isOurs: author.username === username }));
    },
    async createComment(body) {
      await client.MergeRequestNotes.create(project, target.number, body);
    },
    async mergedAs(commit) {
      const all = await client.Commits.allMergeRequests(project, commit);
      const merged = all.find(
        ({ state, merge_commit_sha: merge, squash_commit_sha: squash, sha }) =>
          state === "merged" && [merge, squash, sha].includes(commit),
      );
      return merged?.iid;
    },
    async updateComment(id, body) {
      await client.MergeRequestNotes.edit(project, target.number, id, { body });
    },
    async issues(label) {
      const all = await client.Issues.all({ projectId: project, labels: label, perPage: 100 });
      return all.map(({ iid, title, description, state, author }) => ({
        number: iid,
        title,
        body: description,
        isOpen: state === "opened",
        isOurs: author.username === username,
      }));
    },
    async createIssue(title, body, label) {
      await client.Issues.create(project, title, { description: body, labels: label });
    },
    async updateIssue(number, { body, isOpen }) {
      await client.Issues.edit(project, number, {
        description: body,
        stateEvent: isOpen ? "reopen" : "close",
      });
    },
  };
}
