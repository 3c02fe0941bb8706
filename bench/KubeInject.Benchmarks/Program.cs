using System.Globalization;
using BenchmarkDotNet.Running;
using KubeInject.Benchmarks;

// bench/README.md describes the commands. BenchmarkDotNet handles all other arguments.
switch (args)
{
    case ["make-pods", var count]:
        await PodMaker.RunAsync(int.Parse(count, CultureInfo.InvariantCulture));
        break;
    case ["admissions", .. { Length: > 0 } program]:
        await AdmissionLoad.RunAsync(program);
        break;
    case ["serve-nothing", var certificate, var key]:
        await AdmissionLoad.ServeNothingAsync(certificate, key);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
