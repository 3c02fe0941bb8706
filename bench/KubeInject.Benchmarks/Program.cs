using System.Globalization;
using BenchmarkDotNet.Running;
using KubeInject.Benchmarks;

// "make-pods N" creates the pods for bench/list-pods.sh; BenchmarkDotNet handles all other arguments.
if (args is ["make-pods", var count])
    await PodMaker.RunAsync(int.Parse(count, CultureInfo.InvariantCulture));
else
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
