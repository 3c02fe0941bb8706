using KubeInject.Controller;

namespace KubeInject.Tests.Controller;

public sealed class ControllerProblemsTests : IProgress<ServerMessage>
{
    private readonly List<ServerMessage> log = [];

    [Fact]
    public void Only_changes_are_logged()
    {
        var problems = new ControllerProblems(this);
        Assert.Null(problems.Summary);

        problems.Report("watch pods", null);
        problems.Report("watch pods", new IOException("forbidden"));
        problems.Report("watch pods", new IOException("forbidden"));
        problems.Report("compare leases", new IOException("gone"));
        Assert.Equal("cannot compare leases: gone; cannot watch pods: forbidden", problems.Summary);
        problems.Report("watch pods", null);
        problems.Report("watch pods", null);
        Assert.Equal("cannot compare leases: gone", problems.Summary);
        problems.Clear();
        Assert.Null(problems.Summary);

        Assert.Equal(
            [
                new(true, "The controller cannot watch pods: forbidden"),
                new(true, "The controller cannot compare leases: gone"),
                new(false, "The controller can watch pods again."),
            ],
            log);
    }

    void IProgress<ServerMessage>.Report(ServerMessage value) => log.Add(value);
}
