/** What is asked, or something else when it takes longer than so many seconds. */
export async function inTime<Answer, Late>(
  asked: Promise<Answer>,
  seconds: number,
  late: Late,
): Promise<Answer | Late> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<Late>((resolve) => {
    timer = setTimeout(() => {
      resolve(late);
    }, seconds * 1000);
  });
  try {
    return await Promise.race([asked, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
