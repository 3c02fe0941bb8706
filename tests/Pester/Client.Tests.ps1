# The official Kubernetes client, as users of the module access it.
BeforeDiscovery {
    $topic = (Get-Content -Raw $PSScriptRoot/../../docs/about/about_KubeInject_Client.md).ReplaceLineEndings("`n")
    $versions = foreach ($version in 'older', 'same', 'newer') { foreach ($order in 'before', 'after') { @{ Version = $version; Order = $order } } }
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $folder = "$TestDrive/other"
    $null = New-Item -ItemType Directory $folder

    # The KubernetesClient of another module, with its dependencies. There is no newer release yet, so a newer one is made of ours.
    function New-OtherClient([string] $Version) {
        $copy = (New-Item -ItemType Directory -Force "$folder/$Version").FullName
        $source = $Version -eq 'older' ? "$PSScriptRoot/../KubeInject.OlderClient/bin/Release/net8.0" : "$(Get-ModulePath)/lib"
        foreach ($name in 'KubernetesClient', 'YamlDotNet', 'Fractions') { Copy-Item "$source/$name.dll" $copy }
        $file = "$copy/KubernetesClient.dll"
        if ($Version -eq 'newer') { Set-MajorVersion $file 99 }
        $file
    }

    # Writes the number to the assembly row of the metadata.
    function Set-MajorVersion([string] $File, [uint16] $Number) {
        $bytes = [System.IO.File]::ReadAllBytes($File)
        $image = [System.Reflection.PortableExecutable.PEReader]::new([System.IO.MemoryStream]::new($bytes))
        $metadata = [System.Reflection.Metadata.PEReaderExtensions]::GetMetadataReader($image)
        $row = [System.Reflection.Metadata.Ecma335.MetadataReaderExtensions]::GetTableMetadataOffset($metadata, [System.Reflection.Metadata.Ecma335.TableIndex]::Assembly)
        [BitConverter]::GetBytes($Number).CopyTo($bytes, $image.PEHeaders.MetadataStartOffset + $row + 4) # after the hash algorithm
        [System.IO.File]::WriteAllBytes($File, $bytes)
    }

    function New-Text([string] $Key, [string] $Value) {
        $texts = [System.Collections.Generic.Dictionary[string, string]]::new()
        $texts[$Key] = $Value
        , $texts
    }

    function New-Model([string] $Name, [string] $Namespace) {
        [k8s.Models.V1Pod]@{
            Metadata = [k8s.Models.V1ObjectMeta]@{ Name = $Name; NamespaceProperty = $Namespace; Annotations = New-Text db-creds-injector.numberly.io/orders.role orders-rw; Labels = New-Text app orders }
            Spec     = [k8s.Models.V1PodSpec]@{ Containers = [k8s.Models.V1Container[]]@{ Name = 'app'; Image = 'registry.example/app:1' } }
        }
    }

    function New-DeploymentModel([string] $Namespace) {
        [k8s.Models.V1Deployment]@{
            Metadata = [k8s.Models.V1ObjectMeta]@{ Name = 'orders'; NamespaceProperty = $Namespace }
            Spec     = [k8s.Models.V1DeploymentSpec]@{
                Selector = [k8s.Models.V1LabelSelector]@{ MatchLabels = New-Text app orders }
                Template = [k8s.Models.V1PodTemplateSpec]@{ Metadata = (New-Model orders).Metadata; Spec = (New-Model orders).Spec }
            }
        }
    }
}

AfterAll { Disconnect-KubeCluster -ErrorAction Ignore }

Describe 'The client of a connection' {
    It 'is not loaded by the import, by a connection, or by reading annotations' {
        $loaded = Invoke-InNewProcess {
            param($path, $namespace)
            Import-Module $path
            $connection = Connect-KubeCluster admin
            $null = Get-PodInjectionAnnotation -Namespace $namespace
            $connection | Format-List * | Out-Null
            $connection | ConvertTo-Json | Out-Null
            $before = @([AppDomain]::CurrentDomain.GetAssemblies().GetName().Name)
            $client = $connection.Client
            $after = @([AppDomain]::CurrentDomain.GetAssemblies().GetName().Name)
            ($before -contains 'KubernetesClient'), ($after -contains 'KubernetesClient'), $client.BaseUri
        } (New-TestNamespace orders)
        $loaded[0..1] | Should -Be 'False', 'True'
    }

    It 'works as about_KubeInject_Client describes' {
        $namespace = New-TestNamespace
        $null = Connect-KubeCluster admin -Namespace $namespace
        $code = [regex]::Matches($topic, '(?m)^```powershell\n([\s\S]*?)^```$').ForEach{ $_.Groups[1].Value } -join "`n"
        $output = . ([scriptblock]::Create($code)) | Out-String -Width 200
        $output | Should -Match '(?m)^1$'
        $output | Should -Match '(?m)^orders$'
        $output | Should -Match 'Added orders-1'
        $output | Should -Match '\d leads'
        $output | Should -Match '(?m)^NotFound$'
        $output | Should -Match 'k8s.Models.V1Pod'
    } -TestCases @{ topic = $topic }

    It 'shows no credential and no request body in an error' {
        $namespace = New-TestNamespace
        $token = Get-ClusterText admin.token
        $client = (Connect-KubeCluster admin -Namespace $namespace).Client
        $secret = [k8s.Models.V1Secret]@{
            Metadata = [k8s.Models.V1ObjectMeta]@{ Name = 'UPPER' }
            StringData = New-Text password canary-of-a-secret
        }
        $verbose = $(try { [k8s.CoreV1OperationsExtensions]::CreateNamespacedSecret($client.CoreV1, $secret, $namespace) } catch { $failed = $_ }) 4>&1
        $failed.Exception.InnerException.Response.StatusCode | Should -Be UnprocessableEntity
        $shown = ($failed | Out-String), ($failed | Get-Error | Out-String), ($failed | ConvertTo-Json -Depth 1 -WarningAction Ignore),
            ($failed.Exception.InnerException.Request, $failed.Exception.InnerException.Response | ConvertTo-Json -Depth 5 -WarningAction Ignore), "$verbose" -join "`n"
        $shown | Should -Match UnprocessableEntity
        Test-Spelling $shown 'canary-of-a-secret' | Should -BeFalse
        Test-Spelling $shown $token | Should -BeFalse
    }
}

Describe 'KubernetesClient models in the pipeline' {
    BeforeAll {
        $namespace = New-TestNamespace orders-1
        $null = Connect-KubeCluster admin -Namespace $namespace
    }

    It 'are read as pods and as manifests' {
        (New-Model orders-1 shop | Get-PodInjectionAnnotation).State | Should -Be Pending
        (New-Model orders-1 shop | Get-PodInjectionAnnotation).Kind | Should -Be Pod
        $found = New-DeploymentModel shop | Get-PodInjectionAnnotation
        $found.Kind, $found.Namespace, $found.Name | Should -Be 'Deployment', 'shop', 'orders'
        (New-DeploymentModel shop | Test-PodInjectionAnnotation -PassThru).Object.Kind | Should -Be Deployment
    }

    It 'are read one by one from a list, although items of a list have no kind' {
        $list = [k8s.Models.V1DeploymentList]@{ Items = [k8s.Models.V1Deployment[]]@((New-DeploymentModel a), (New-DeploymentModel b)) }
        ($list | Get-PodInjectionAnnotation).Namespace | Should -Be a, b
        $list = [k8s.Models.V1PodList]@{ Items = [k8s.Models.V1Pod[]]@((New-Model a), (New-Model b)) }
        ($list | Get-PodInjectionAnnotation).Name | Should -Be a, b
    }

    It 'are injected' {
        $source = New-CredentialSource -Local -LeasePath $TestDrive/leases
        $result = New-DeploymentModel shop | Invoke-CredentialInjection -CredentialSource $source -WarningAction Ignore
        "$($result | Out-String)" | Should -Match 'DBUSER'
    }

    It 'are accepted as names of pods and workloads' {
        $connection = Get-KubeConnection
        [k8s.CoreV1OperationsExtensions]::ListNamespacedPod($connection.Client.CoreV1, $namespace).Items | Get-KubePod | ForEach-Object Name | Should -Be orders-1
        $null = [k8s.AppsV1OperationsExtensions]::CreateNamespacedDeployment($connection.Client.AppsV1, (New-DeploymentModel $namespace), $namespace)
        (Test-PodInjectionAnnotation -Workload (New-DeploymentModel $namespace) -PassThru).Object.Name | Should -Be orders
        { Test-PodInjectionAnnotation -Workload (New-DeploymentModel elsewhere) -Namespace $namespace -ErrorAction Stop } | Should -Throw '*namespace elsewhere*'
    }

    It 'are converted to pods, and pods to models' {
        $pod = Get-KubePod orders-1
        ([k8s.Models.V1Pod] $pod).Metadata.Name | Should -Be orders-1
        ($pod -as [k8s.Models.V1Pod]).Metadata.NamespaceProperty | Should -Be $namespace
        ([KubeInject.Kubernetes.Objects.Pod] [k8s.Models.V1Pod] $pod).Uid | Should -Be $pod.Uid
        { [KubeInject.Kubernetes.Objects.Pod] (New-DeploymentModel shop) } | Should -Throw
        { Get-CredentialLease -CredentialSource (New-CredentialSource -Local -LeasePath $TestDrive/leases) -InputObject ([k8s.Models.V1Pod] $pod) } | Should -Not -Throw
    }
}

Describe 'With another module that has loaded KubernetesClient <Version> <Order> this one' -ForEach $versions {
    It 'supports cmdlets, casts and the client' {
        $result = Invoke-InNewProcess {
            param($path, $other, $order, $namespace)
            $ErrorActionPreference = 'Stop'
            if ($order -eq 'after') { Import-Module $path }
            $theirs = [System.Reflection.Assembly]::LoadFrom($other)
            if ($order -eq 'before') { Import-Module $path }
            $model = [Activator]::CreateInstance($theirs.GetType('k8s.Models.V1Pod'))
            $model.Metadata = [Activator]::CreateInstance($theirs.GetType('k8s.Models.V1ObjectMeta'))
            $model.Metadata.Name = 'orders-1'
            $model.Metadata.NamespaceProperty = $namespace
            $model.Metadata.Annotations = [System.Collections.Generic.Dictionary[string, string]]::new()
            $model.Metadata.Annotations['db-creds-injector.numberly.io/orders.role'] = 'orders-rw'
            $client = (Connect-KubeCluster admin -Namespace $namespace).Client
            $types = $client.GetType().BaseType.Assembly
            $listed = $types.GetType('k8s.CoreV1OperationsExtensions')::ListNamespacedPod($client.CoreV1, $namespace)
            $pod = Get-KubePod orders-1
            [ordered]@{
                State  = "$(($model | Get-PodInjectionAnnotation).State)"
                Piped  = ($model | Get-KubePod).Name
                Cast   = [System.Management.Automation.LanguagePrimitives]::ConvertTo($pod, $model.GetType()).Metadata.Name
                Named  = ([k8s.Models.V1Pod] $pod).Metadata.Name
                Listed = $listed.Items[0].Metadata.Name
                Ours   = $types.GetName().Version.Major
                Theirs = $theirs.GetName().Version.Major
            } | ConvertTo-Json
        } (New-OtherClient $Version), $Order, (New-TestNamespace orders-1) | ConvertFrom-Json
        $result.State | Should -Be Pending
        $result.Piped, $result.Cast, $result.Named, $result.Listed | Should -Be 'orders-1', 'orders-1', 'orders-1', 'orders-1'
        $result.Theirs | Should -Be @{ older = 19; same = $result.Ours; newer = 99 }[$Version]
    }
}
